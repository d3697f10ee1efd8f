using System.Text.RegularExpressions;

namespace UniVG.Finetuning.Data.Captions;

/// <summary>Changes a caption as kohya's trainer does each time it fetches one: affixes, dropout, wildcards, tags.</summary>
public static partial class CaptionProcessor
{
    /// <summary>Gives the caption to train on.</summary>
    /// <param name="caption">The caption as read.</param>
    /// <param name="options">What to change.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="step">The optimizer step, from 0.</param>
    /// <param name="totalSteps">How many steps the run plans.</param>
    /// <param name="random">Source of all chance.</param>
    public static string Process(string caption, CaptionOptions options, int epoch, int step, int totalSteps, Random random)
    {
        ArgumentNullException.ThrowIfNull(caption);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        if (options.Prefix is { Length: > 0 } prefix) caption = $"{prefix} {caption}";
        if (options.Suffix is { Length: > 0 } suffix) caption = $"{caption} {suffix}";
        if (IsDropped(options, epoch, random)) return "";

        var lines = caption.Split('\n');
        caption = options.EnableWildcard ? ChooseWildcards(lines[random.Next(lines.Length)], random) : lines[0];
        if (options.ChangesTags) caption = ChangeTags(caption, options, step, totalSteps, random);
        return options.SecondarySeparator is { Length: > 0 } secondary
            ? caption.Replace(secondary, options.Separator, StringComparison.Ordinal)
            : caption;
    }

    private static bool IsDropped(CaptionOptions options, int epoch, Random random) =>
        (options.DropoutRate > 0 && random.NextDouble() < options.DropoutRate)
        || (options.DropoutEveryNEpochs > 0 && epoch % options.DropoutEveryNEpochs == 0);

    private static string ChangeTags(string caption, CaptionOptions options, int step, int totalSteps, Random random)
    {
        var (start, flexible, end) = Split(caption, options);
        var shown = ShowWarmedUp(flexible, options, step, totalSteps);
        if (options.Shuffle) random.Shuffle(shown);
        var kept = shown.Where(_ => options.TagDropoutRate == 0 || random.NextDouble() >= options.TagDropoutRate);
        return string.Join(", ", [.. start, .. kept, .. end]);
    }

    private static (string[] Start, string[] Flexible, string[] End) Split(string caption, CaptionOptions options)
    {
        if (options.KeepTokensSeparator is { Length: > 0 } mark && caption.Contains(mark, StringComparison.Ordinal))
        {
            var parts = caption.Split(mark, 3);
            return (Tags(parts[0], options), Tags(parts[1], options), parts.Length == 3 ? Tags(parts[2], options) : []);
        }

        var tags = caption.Trim().Split(options.Separator, StringSplitOptions.TrimEntries);
        var kept = Math.Min(options.KeepTokens, tags.Length);
        return (tags[..kept], tags[kept..], []);
    }

    private static string[] Tags(string part, CaptionOptions options) =>
        part.Split(options.Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // The number of shown tags grows linearly until the warm-up ends.
    private static string[] ShowWarmedUp(string[] tags, CaptionOptions options, int step, int totalSteps)
    {
        var end = options.TokenWarmupStep < 1 ? Math.Floor(options.TokenWarmupStep * totalSteps) : options.TokenWarmupStep;
        if (end <= 0 || step >= end) return tags;
        var shown = (int)Math.Floor(step * ((tags.Length - options.TokenWarmupMin) / end)) + options.TokenWarmupMin;
        return tags[..Math.Clamp(shown, 0, tags.Length)];
    }

    // "{a|b}" becomes a or b; doubled braces stand for themselves.
    private static string ChooseWildcards(string line, Random random)
    {
        const char Open = '\u0001';
        const char Close = '\u0002';
        var hidden = line.Replace("{{", $"{Open}", StringComparison.Ordinal).Replace("}}", $"{Close}", StringComparison.Ordinal);
        var chosen = Choices().Replace(hidden, match =>
        {
            var choices = match.Groups[1].Value.Split('|');
            return choices[random.Next(choices.Length)];
        });
        return chosen.Replace(Open, '{').Replace(Close, '}');
    }

    [GeneratedRegex(@"\{([^}]+)\}")]
    private static partial Regex Choices();
}
