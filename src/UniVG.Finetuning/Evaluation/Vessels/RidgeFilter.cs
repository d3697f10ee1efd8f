namespace UniVG.Finetuning.Evaluation.Vessels;

/// <summary>
/// How much each pixel looks like a point of a vessel: the larger eigenvalue of the Hessian, normalised by σ², the greatest over
/// scales (Lindeberg 1998, "Edge detection and ridge detection with automatic scale selection"; the measure inside Frangi et al.
/// 1998, whose suppression of blobs is left out because it tears vessels apart where they branch).
/// </summary>
internal static class RidgeFilter
{
    private const double FinestScale = 0.8;
    private const double CoarsestPart = 1 / 40.0;

    /// <summary>The response to ridges that are brighter than their surroundings; 0 where there is none.</summary>
    public static float[] Respond(float[] plane, int width, int height)
    {
        var strongest = new float[plane.Length];
        var coarsest = Math.Max(1.5, Math.Min(width, height) * CoarsestPart);
        for (var sigma = FinestScale; sigma <= coarsest * 1.01; sigma *= Math.Sqrt(2))
        {
            var xx = GaussianDerivative.Apply(plane, width, height, sigma, 2, 0);
            var yy = GaussianDerivative.Apply(plane, width, height, sigma, 0, 2);
            var xy = GaussianDerivative.Apply(plane, width, height, sigma, 1, 1);
            var scale = (float)(sigma * sigma);
            for (var i = 0; i < strongest.Length; i++)
            {
                var (mean, half) = ((xx[i] + yy[i]) / 2, (xx[i] - yy[i]) / 2);
                var curvature = MathF.Sqrt((half * half) + (xy[i] * xy[i])) - mean;
                strongest[i] = MathF.Max(strongest[i], scale * curvature);
            }
        }

        return strongest;
    }
}
