using UniVG.Finetuning.Evaluation;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Evaluation;

public class FrechetDistanceTests
{
    [Fact]
    public void Closed_form_of_diagonal_gaussians()
    {
        // Independent coordinates: Σ (μ₁ − μ₂)² + (σ₁ − σ₂)².
        using var scope = NewDisposeScope();
        var (meanA, meanB) = (tensor([0.0, 1, 2]), tensor([1.0, 1, -1]));
        var (deviationA, deviationB) = (tensor([1.0, 2, 0]), tensor([3.0, 0.5, 1]));

        var distance = FrechetDistance.OfGaussians(meanA, diag(deviationA.pow(2)), meanB, diag(deviationB.pow(2)));

        Assert.Equal(1 + 0 + 9 + 4 + 2.25 + 1, distance, 1e-9);
    }

    [Fact]
    public void Closed_form_of_gaussians_that_share_their_axes()
    {
        // Rotated by 30°, so that no covariance is diagonal; Σ₁ and Σ₂ commute, and the square root acts on eigenvalues.
        using var scope = NewDisposeScope();
        var (c, s) = (Math.Cos(Math.PI / 6), Math.Sin(Math.PI / 6));
        var rotation = tensor([c, -s, s, c], [2, 2]);
        Tensor Covariance(double a, double b) => rotation.mm(diag(tensor([a, b]))).mm(rotation.t());

        var distance = FrechetDistance.OfGaussians(zeros(2, float64), Covariance(9, 4), zeros(2, float64), Covariance(1, 16));

        Assert.Equal((3 - 1) * (3 - 1) + (2 - 4) * (2 - 4), distance, 1e-9);
    }

    [Fact]
    public void Known_value_where_the_covariances_do_not_commute()
    {
        // tr (Σ₁Σ₂)^½ of a 2 × 2 product is sqrt(tr Σ₁Σ₂ + 2 sqrt(det Σ₁Σ₂)).
        using var scope = NewDisposeScope();
        var (a, b) = (tensor([2.0, 1, 1, 3], [2, 2]), tensor([1.0, 0, 0, 5], [2, 2]));

        var distance = FrechetDistance.OfGaussians(zeros(2, float64), a, zeros(2, float64), b);

        Assert.Equal(5 + 6 - (2 * Math.Sqrt((2 + 15) + (2 * Math.Sqrt(5 * 5)))), distance, 1e-9);
    }

    [Fact]
    public void Set_has_no_distance_to_itself_and_a_shift_costs_its_square()
    {
        var set = Features.Normal(40, 6, seed: 1);
        var shifted = set.Select(row => row.Select((v, k) => k == 2 ? v + 3 : v).ToArray()).ToArray();

        Assert.Equal(0, FrechetDistance.Between(set, set), 1e-6);
        Assert.Equal(9, FrechetDistance.Between(set, shifted), 1e-6);
    }

    [Fact]
    public void Counting_a_picture_twice_is_having_it_twice()
    {
        var (first, second) = (Features.Normal(5, 3, seed: 2), Features.Normal(4, 3, seed: 3));

        var counted = FrechetDistance.Between(first, second, [1, 2, 0, 1, 1], [1, 1, 1, 3]);

        var (x, y) = (new[] { first[0], first[1], first[1], first[3], first[4] }, new[] { second[0], second[1], second[2], second[3], second[3], second[3] });
        Assert.Equal(FrechetDistance.Between(x, y), counted, 1e-9);
    }
}
