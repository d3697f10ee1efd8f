using TorchSharp;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Evaluation;

/// <summary>
/// The Fréchet distance of two sets of features, each taken as normally distributed (Dowson and Landau 1982; with Inception features
/// FID, Heusel et al. 2017): |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½), computed in float64. Of few pictures it comes out too large
/// (Chong and Forsyth 2020), so only values of equally many pictures compare.
/// </summary>
public static class FrechetDistance
{
    /// <summary>The distance of two sets of pictures.</summary>
    /// <param name="first">At least two pictures, d features each.</param>
    /// <param name="second">At least two pictures, d features each.</param>
    /// <param name="firstCounts">How often each picture counts; null for once.</param>
    /// <param name="secondCounts">How often each picture counts; null for once.</param>
    public static double Between(IReadOnlyList<double[]> first, IReadOnlyList<double[]> second, int[]? firstCounts = null, int[]? secondCounts = null)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var (meanA, covarianceA) = Fit(first, firstCounts);
        var (meanB, covarianceB) = Fit(second, secondCounts);
        return OfGaussians(meanA, covarianceA, meanB, covarianceB);
    }

    /// <summary>The distance of two normal distributions.</summary>
    /// <param name="meanA">(d), float64.</param>
    /// <param name="covarianceA">(d, d), float64, symmetric and positive semi-definite.</param>
    /// <param name="meanB">(d), float64.</param>
    /// <param name="covarianceB">(d, d), float64, symmetric and positive semi-definite.</param>
    public static double OfGaussians(Tensor meanA, Tensor covarianceA, Tensor meanB, Tensor covarianceB)
    {
        ArgumentNullException.ThrowIfNull(meanA);
        ArgumentNullException.ThrowIfNull(covarianceA);
        using var scope = NewDisposeScope();

        // Σ₁Σ₂ is not symmetric, but has the eigenvalues of Σ₁^½ Σ₂ Σ₁^½, which is.
        var root = SquareRoot(covarianceA);
        var (eigenvalues, _) = linalg.eigh(root.mm(covarianceB).mm(root));
        var shared = eigenvalues.clamp(min: 0).sqrt().sum();
        return ((meanA - meanB).pow(2).sum() + covarianceA.trace() + covarianceB.trace() - (shared * 2)).ToDouble();
    }

    private static Tensor SquareRoot(Tensor symmetric)
    {
        var (eigenvalues, vectors) = linalg.eigh(symmetric);
        return (vectors * eigenvalues.clamp(min: 0).sqrt()).mm(vectors.t());
    }

    private static (Tensor Mean, Tensor Covariance) Fit(IReadOnlyList<double[]> features, int[]? counts)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentOutOfRangeException.ThrowIfLessThan(features.Count, 2);
        var drawn = features.SelectMany((row, i) => Enumerable.Repeat(row, counts?[i] ?? 1)).ToArray();
        var rows = tensor(drawn.SelectMany(row => row).ToArray(), [drawn.Length, features[0].Length], dtype: ScalarType.Float64);
        var mean = rows.mean([0L]);
        var centred = rows - mean;
        return (mean, centred.t().mm(centred) / (drawn.Length - 1));
    }
}
