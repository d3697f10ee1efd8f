namespace UniVG.Diffusion.Checkpoints;

/// <summary>A weight whose shape in the checkpoint is not the one that the model needs.</summary>
/// <param name="Name">The diffusers name.</param>
/// <param name="Expected">The shape the model needs.</param>
/// <param name="Actual">The shape in the checkpoint.</param>
public sealed record MisshapenWeight(string Name, IReadOnlyList<long> Expected, IReadOnlyList<long> Actual)
{
    /// <summary>The three in words.</summary>
    public override string ToString() => $"{Name} is {TensorInfo.Describe(Actual)} instead of {TensorInfo.Describe(Expected)}";
}
