namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>The vessels of a set of pictures.</summary>
/// <param name="Density">Mean share of a picture that is vessel, 0 to 1.</param>
/// <param name="MeanWidth">Mean width along the axes, as part of the picture's side.</param>
/// <param name="BranchPoints">Mean number of branch points in a picture, all brought to the same size.</param>
/// <param name="WidthHistogram">
/// Share of the axes' length by width, in <see cref="Bins"/> bins of <see cref="BinWidth"/> of the picture's side; the last one is open.
/// </param>
public sealed record VesselSummary(Estimate Density, Estimate MeanWidth, Estimate BranchPoints, IReadOnlyList<double> WidthHistogram)
{
    /// <summary>Number of bins of the histogram.</summary>
    public const int Bins = 12;

    /// <summary>Width of a bin, as part of the picture's side.</summary>
    public const double BinWidth = 0.01;

    /// <summary>Summarises the figures of pictures.</summary>
    public static VesselSummary Of(IReadOnlyList<VesselFigures> pictures, Bootstrap bootstrap)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(bootstrap);
        var histogram = new double[Bins];
        foreach (var width in pictures.SelectMany(p => p.Widths)) histogram[Math.Clamp((int)(width / BinWidth), 0, Bins - 1)]++;
        var total = Math.Max(1, histogram.Sum());
        double[] widths = [.. pictures.Select(p => p.MeanWidth).Where(double.IsFinite)];
        return new VesselSummary(
            bootstrap.Mean([.. pictures.Select(p => p.Density)]),
            widths.Length > 0 ? bootstrap.Mean(widths) : new Estimate(double.NaN, double.NaN, double.NaN),
            bootstrap.Mean([.. pictures.Select(p => (double)p.BranchPoints)]),
            [.. histogram.Select(n => n / total)]);
    }
}
