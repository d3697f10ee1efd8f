using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>What can be counted and measured in the vessels of one picture.</summary>
/// <param name="Density">Share of the picture that is vessel, 0 to 1.</param>
/// <param name="BranchPoints">Places where vessels meet or part; crossings count, too.</param>
/// <param name="Widths">The vessel's width at each pixel of its axis, as part of the picture's side.</param>
public sealed record VesselFigures(double Density, int BranchPoints, IReadOnlyList<double> Widths)
{
    /// <summary>The largest side at which pictures are measured, in pixels.</summary>
    public const int LargestSide = 256;

    /// <summary>Mean width along the axes, as part of the picture's side; NaN without vessels.</summary>
    public double MeanWidth => Widths.Count > 0 ? Widths.Average() : double.NaN;

    /// <summary>Measures a picture.</summary>
    /// <param name="image">The picture; its middle square is measured.</param>
    /// <param name="side">Pixels on a side to which it is brought, so that pictures of all sizes compare.</param>
    /// <param name="polarity">Whether vessels are dark or bright.</param>
    public static VesselFigures Of(RgbImage image, int side, VesselPolarity polarity) =>
        Of(VesselSegmentation.Segment(TinyFeatures.ToSquare(image, side), polarity));

    /// <summary>Measures a mask.</summary>
    public static VesselFigures Of(VesselMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var skeleton = Skeleton.Thin(mask);
        var distances = DistanceTransform.Of(mask);
        var side = (double)Math.Max(mask.Width, mask.Height);

        // Distances run between pixel centres: the middle of a vessel w pixels wide is (w + 1) / 2 from the ground.
        double[] widths = [.. distances.Where((_, i) => skeleton.Pixels[i]).Select(d => ((2 * d) - 1) / side)];
        return new VesselFigures(mask.Density, Skeleton.CountBranchPoints(skeleton), widths);
    }
}
