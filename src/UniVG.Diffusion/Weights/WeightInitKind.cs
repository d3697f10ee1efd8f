namespace UniVG.Diffusion.Weights;

/// <summary>The distributions of <see cref="WeightInit"/>.</summary>
public enum WeightInitKind
{
    /// <summary>One value everywhere.</summary>
    Constant,

    /// <summary>U(−scale, scale).</summary>
    Uniform,

    /// <summary>N(0, scale²).</summary>
    Normal,
}
