using UniVG.Finetuning.Adapters.Operations;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows how well a LoRA approximates what it was made of.</summary>
public static class ExtractionCard
{
    private const int LayersShown = 5;

    /// <summary>Ranks, total error and the worst layers.</summary>
    /// <param name="report">The approximation.</param>
    /// <param name="path">The file it was written to; null for none.</param>
    public static Card Of(ExtractionReport report, string? path = null) => new(path is null ? "Approximation by a LoRA" : $"Wrote {path}")
    {
        Facts =
        [
            .. path is null ? Array.Empty<KeyValuePair<string, string>>() : [new("size", DisplayFormat.Bytes(new FileInfo(path).Length))],
            new("layers", FormattableString.Invariant($"{report.Layers.Count:N0}")),
            new("ranks", $"{report.Ranks.Smallest} to {report.Ranks.Largest}"),
            new("lost", $"{DisplayFormat.Percent(report.RelativeError)} of the change: ‖ΔW − LoRA‖ / ‖ΔW‖ over all layers"),
            new("worst layer", $"{report.Worst.Name}: {DisplayFormat.Percent(report.Worst.RelativeError)} lost at rank {report.Worst.Rank}"),
        ],
        Tables =
        [
            new Table(
                [new("largest losses"), new("rank", true), new("‖ΔW‖", true), new("lost", true)],
                [.. report.Layers.OrderByDescending(layer => layer.RelativeError).Take(LayersShown).Select(layer => new[]
                {
                    layer.Name, $"{layer.Rank}", DisplayFormat.Norm(layer.Norm), DisplayFormat.Percent(layer.RelativeError),
                })]),
        ],
    };
}
