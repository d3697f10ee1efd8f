namespace UniVG.Finetuning.Data.Captions;

/// <summary>How a caption changes each time it is fetched; the options of kohya's trainer, all off by default.</summary>
public sealed record CaptionOptions
{
    /// <summary>Put before every caption, with a space between. Default none.</summary>
    public string? Prefix { get; init; }

    /// <summary>Put after every caption, with a space between. Default none.</summary>
    public string? Suffix { get; init; }

    /// <summary>Probability that the whole caption is dropped. Default 0.</summary>
    public double DropoutRate { get; init; }

    /// <summary>Every so many epochs all captions are dropped; 0 for never. Default 0.</summary>
    public int DropoutEveryNEpochs { get; init; }

    /// <summary>Whether one line of the caption is chosen by chance, and one choice of each {a|b|c}. Default false.</summary>
    public bool EnableWildcard { get; init; }

    /// <summary>Whether tags are shuffled. Default false.</summary>
    public bool Shuffle { get; init; }

    /// <summary>What separates tags. Default ",".</summary>
    public string Separator { get; init; } = ",";

    /// <summary>How many tags at the start are neither moved nor dropped. Default 0.</summary>
    public int KeepTokens { get; init; }

    /// <summary>
    /// A mark such as "|||": tags before it, and after a second one, are kept, instead of the first
    /// <see cref="KeepTokens"/>. Default none.
    /// </summary>
    public string? KeepTokensSeparator { get; init; }

    /// <summary>Replaced by <see cref="Separator"/> in the end; binds tags that move together. Default none.</summary>
    public string? SecondarySeparator { get; init; }

    /// <summary>Probability that a tag is dropped. Default 0.</summary>
    public double TagDropoutRate { get; init; }

    /// <summary>How many tags are shown at the first step. Default 1.</summary>
    public int TokenWarmupMin { get; init; } = 1;

    /// <summary>The step from which all tags are shown, below 1 as a part of all steps. Default 0, from the start.</summary>
    public double TokenWarmupStep { get; init; }

    /// <summary>Whether the tags of a caption are looked at one by one.</summary>
    internal bool ChangesTags => Shuffle || TokenWarmupStep > 0 || TagDropoutRate > 0;

    /// <summary>What is impossible about the options, each with its value and the rule.</summary>
    internal IEnumerable<string> Problems()
    {
        if (DropoutRate is not (>= 0 and <= 1)) yield return $"caption dropout rate {DropoutRate} (must be 0 to 1)";
        if (TagDropoutRate is not (>= 0 and <= 1)) yield return $"caption tag dropout rate {TagDropoutRate} (must be 0 to 1)";
        if (DropoutEveryNEpochs < 0) yield return $"caption dropout every {DropoutEveryNEpochs} epochs (must not be negative)";
        if (KeepTokens < 0) yield return $"keep tokens {KeepTokens} (must not be negative)";
        if (TokenWarmupMin < 1) yield return $"token warm-up from {TokenWarmupMin} tags (must be at least 1)";
        if (TokenWarmupStep is not >= 0) yield return $"token warm-up step {TokenWarmupStep} (must not be negative)";
        if (Separator.Length == 0) yield return "an empty caption separator (give one such as a comma)";
    }
}
