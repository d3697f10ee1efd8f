using System.Globalization;
using UniVG.Diffusion.Checkpoints;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows what a file or folder of tensors holds.</summary>
public static class CheckpointCard
{
    private const int MetadataShown = 80;
    private const int LongestValue = 120;

    /// <summary>Kind, sizes, types, noise schedule and metadata.</summary>
    public static Card Of(CheckpointSummary summary) => new(Path.GetFileName(summary.Path.TrimEnd(Path.DirectorySeparatorChar)))
    {
        Facts =
        [
            new("kind", summary.Kind.ToString()),
            new("format", $"{summary.Format}, {DisplayFormat.Bytes(summary.FileBytes)}"),
            new("tensors", FormattableString.Invariant($"{summary.TensorCount:N0} with {summary.ParameterCount:N0} parameters")),
            new("types", string.Join(", ", summary.DTypes.Select(t => FormattableString.Invariant($"{t.Key}: {t.Value:N0}")))),
            .. Schedule(summary),
        ],
        Tables = [.. new[] { Groups(summary), Metadata(summary) }.OfType<Table>()],
        Notes = summary.ForeignTypes.Count > 0 ? [$"Left alone, never run: {string.Join(", ", summary.ForeignTypes.Take(5))}."] : [],
    };

    private static IEnumerable<KeyValuePair<string, string>> Schedule(CheckpointSummary summary)
    {
        if (summary.Schedule?.Betas is { } betas)
            yield return new("noise schedule", string.Create(CultureInfo.InvariantCulture, $"{betas.Count} steps, beta {betas[0]:g4} to {betas[^1]:g4}"));
    }

    private static Table? Groups(CheckpointSummary summary) => summary.Groups.Count < 2 ? null : new Table(
        [new("part"), new("parameters", true)],
        [.. summary.Groups.Select(g => new[] { g.Key, g.Value.ToString("N0", CultureInfo.InvariantCulture) })]);

    private static Table? Metadata(CheckpointSummary summary) => summary.Metadata.Count == 0 ? null : new Table(
        [new("metadata"), new("value")],
        [.. summary.Metadata.OrderBy(m => m.Key, StringComparer.Ordinal).Take(MetadataShown).Select(m => new[] { m.Key, Short(m.Value) })]);

    private static string Short(string value) => value.Length <= LongestValue ? value : value[..LongestValue] + " …";
}
