namespace UniVG.Diffusion.Weights;

/// <summary>The distribution that a weight is drawn from when a model is built without a checkpoint.</summary>
/// <param name="Kind">The kind of distribution.</param>
/// <param name="Scale">Uniform: the bound; normal: the standard deviation; constant: the value.</param>
public readonly record struct WeightInit(WeightInitKind Kind, double Scale)
{
    /// <summary>All zeros.</summary>
    public static WeightInit Zeros => new(WeightInitKind.Constant, 0);

    /// <summary>All ones.</summary>
    public static WeightInit Ones => new(WeightInitKind.Constant, 1);

    /// <summary>N(0, <paramref name="std"/>²).</summary>
    public static WeightInit Normal(double std) => new(WeightInitKind.Normal, std);

    /// <summary>PyTorch's default for Linear and Conv2d, weight and bias alike: U(−1/√fanIn, 1/√fanIn) (kaiming uniform, a = √5).</summary>
    public static WeightInit FanIn(long fanIn) => new(WeightInitKind.Uniform, 1 / Math.Sqrt(fanIn));
}
