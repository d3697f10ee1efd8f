using UniVG.Finetuning.Evaluation;

namespace UniVG.Finetuning.Tests.Evaluation;

public class KernelDistanceTests
{
    [Fact]
    public void Value_by_hand()
    {
        // One feature: k(a, b) = (ab + 1)³. Within {0, 1}: 1; within {2, 3}: 7³; between: 1, 1, 3³, 4³.
        var distance = new KernelDistance([[0.0], [1.0]], [[2.0], [3.0]]).Value();

        Assert.Equal(1 + 343 - (2 * (1 + 1 + 27 + 64) / 4.0), distance, 1e-9);
    }

    [Fact]
    public void Unbiased_however_small_the_sets()
    {
        // 400 pairs of sets of five from one distribution: the mean must be 0 within its own error, where a biased estimate is not.
        var values = Enumerable.Range(0, 400).Select(i => new KernelDistance(Features.Normal(5, 4, 2 * i), Features.Normal(5, 4, (2 * i) + 1)).Value()).ToArray();
        var mean = values.Average();
        var error = Math.Sqrt(values.Average(v => (v - mean) * (v - mean)) / values.Length);

        Assert.InRange(mean, -3 * error, 3 * error);
        Assert.InRange(error, 0, 0.2);
    }

    [Fact]
    public void Grows_with_the_difference()
    {
        var real = Features.Normal(40, 4, seed: 1);
        double At(double shift) => new KernelDistance(real, Features.Normal(40, 4, seed: 2, mean: shift)).Value();

        Assert.True(At(0.5) > At(0) + 0.1);
        Assert.True(At(1) > At(0.5));
    }

    [Fact]
    public void Copies_of_a_picture_are_no_pair()
    {
        var distance = new KernelDistance([[0.0], [1.0], [4.0]], [[2.0], [3.0]]);

        // Of the first set only the pictures 0 and 1 are drawn, the second one twice: the within-term is still k(0, 1).
        Assert.Equal(1 + 343 - (2 * ((1 + 1) + (2 * (27 + 64))) / 6.0), distance.Value([1, 2, 0], [1, 1]), 1e-9);
    }
}
