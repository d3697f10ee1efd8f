using System.Globalization;
using System.Text;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>How a picture was made, in the text form that AUTOMATIC1111's web UI writes into PNG files and many tools read back.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Steps">Sampling steps.</param>
/// <param name="Sampler">The sampler's name.</param>
/// <param name="GuidanceScale">The guidance (CFG) scale.</param>
/// <param name="Seed">The noise seed.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
public sealed record GenerationParameters(
    string Prompt, int Steps, string Sampler, double GuidanceScale, long Seed, int Width, int Height)
{
    /// <summary>The negative prompt; empty for none.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>The model's name; null to leave it out.</summary>
    public string? Model { get; init; }

    /// <summary>Further entries of the last line, such as the adapter and its scale.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Extras { get; init; } = [];

    /// <summary>The prompt, the negative prompt on a line of its own, then the settings on one line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Prompt).Append('\n');
        if (NegativePrompt.Length > 0)
            text.Append("Negative prompt: ").Append(NegativePrompt).Append('\n');
        return text.AppendJoin(", ", Settings().Select(setting => $"{setting.Key}: {Quoted(setting.Value)}")).ToString();
    }

    private IEnumerable<KeyValuePair<string, string>> Settings()
    {
        yield return new("Steps", Steps.ToString(CultureInfo.InvariantCulture));
        yield return new("Sampler", Sampler);
        yield return new("CFG scale", GuidanceScale.ToString(CultureInfo.InvariantCulture));
        yield return new("Seed", Seed.ToString(CultureInfo.InvariantCulture));
        yield return new("Size", string.Create(CultureInfo.InvariantCulture, $"{Width}x{Height}"));
        if (Model is not null)
            yield return new("Model", Model);
        foreach (var extra in Extras)
            yield return extra;
    }

    // A value with a separator in it is quoted as a JSON string, as the web UI does.
    private static string Quoted(string value)
        => value.AsSpan().ContainsAny(",:\n\"") ? System.Text.Json.JsonSerializer.Serialize(value) : value;
}
