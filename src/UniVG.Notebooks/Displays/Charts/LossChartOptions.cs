using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>What a loss chart shows besides the loss.</summary>
public sealed record LossChartOptions
{
    private readonly double? _smoothing;

    /// <summary>Names the chart among all outputs on a page; updates of one display keep it. Default: a new one.</summary>
    public string Id { get; init; } = NewId();

    /// <summary>Above the chart; none by default.</summary>
    public string? Title { get; init; }

    /// <summary>Where samples were drawn, adapters saved and settings changed.</summary>
    public IReadOnlyList<ChartMarker> Markers { get; init; } = [];

    /// <summary>The loss on held-out images, where it was measured.</summary>
    public IReadOnlyList<ValidationPoint> Validation { get; init; } = [];

    /// <summary>
    /// How much of the past the smoothed curve keeps at each step, from 0 to below 1. Null (default) lets it average over about a
    /// twentieth of the run, between 4 and 50 steps.
    /// </summary>
    public double? Smoothing
    {
        get => _smoothing;
        init
        {
            if (value is < 0 or >= 1 or double.NaN)
                throw new ArgumentOutOfRangeException(nameof(value), value, "Smoothing lies between 0 and 1, without 1.");
            _smoothing = value;
        }
    }

    /// <summary>
    /// Whether the HTML carries the script that turns the picture into the interactive figure (default). Without it the output is
    /// about a third smaller and needs no <see cref="PlotlyBootstrap"/>.
    /// </summary>
    public bool Interactive { get; init; } = true;

    /// <summary>A name no other chart has.</summary>
    public static string NewId() => Guid.NewGuid().ToString("N")[..12];
}
