using UniVG.Diffusion;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Losses;

/// <summary>
/// How far a prediction p is from its target y, value by value, as kohya computes it. huber and smooth_l1 are the smooth Huber loss
/// (Charbonnier et al. 1994): quadratic for errors far below c, linear far above.
/// </summary>
public static class ErrorMeasure
{
    /// <summary>The default: (p − y)².</summary>
    public const string L2 = "l2";

    private const string L1 = "l1";
    private const string Huber = "huber";
    private const string SmoothL1 = "smooth_l1";

    /// <summary>The names, for help and completion.</summary>
    public static IReadOnlyList<string> Names { get; } = [L2, L1, Huber, SmoothL1];

    /// <summary>Whether a measure has a threshold c.</summary>
    public static bool HasThreshold(string name) => name is Huber or SmoothL1;

    /// <summary>The error of each value.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="predicted">p, (B, …), float32.</param>
    /// <param name="target">y, of the same shape.</param>
    /// <param name="c">The threshold of each sample, (B, 1, …); null where there is none.</param>
    public static Tensor Compute(string name, Tensor predicted, Tensor target, Tensor? c)
    {
        var error = predicted - target;
        return name switch
        {
            L2 => error.square(),
            L1 => error.abs(),
            Huber => 2 * c! * Excess(error, c!),
            SmoothL1 => 2 * Excess(error, c!),
            _ => throw new UniVGException($"There is no loss '{name}'; choose one of {string.Join(", ", Names)}."),
        };
    }

    // √(e² + c²) − c
    private static Tensor Excess(Tensor error, Tensor c) => (error.square() + c.square()).sqrt() - c;
}
