using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>The noise schedule that a checkpoint was trained with, as its buffers hold it.</summary>
/// <param name="Betas">The buffer <c>betas</c>, one value a timestep; null where there is none.</param>
/// <param name="AlphasCumprod">The buffer <c>alphas_cumprod</c>, one value a timestep; null where there is none.</param>
/// <param name="DType">The type they are stored in; half precision (pruned files) keeps three digits only.</param>
public sealed record ScheduleBuffers(IReadOnlyList<double>? Betas, IReadOnlyList<double>? AlphasCumprod, ScalarType DType)
{
    private const int MaxTimesteps = 100_000;
    private const string BetasKey = "betas";
    private const string AlphasCumprodKey = "alphas_cumprod";

    /// <summary>The names of the buffers.</summary>
    public static IReadOnlyList<string> Keys { get; } = [BetasKey, AlphasCumprodKey];

    /// <summary>Reads them; null where the file has neither.</summary>
    /// <exception cref="CheckpointException">A buffer is not a list of numbers.</exception>
    public static ScheduleBuffers? Read(ITensorFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var betas = Values(file, BetasKey);
        var alphasCumprod = Values(file, AlphasCumprodKey);
        if (betas is null && alphasCumprod is null) return null;
        return new ScheduleBuffers(betas, alphasCumprod, file.Tensors[betas is null ? AlphasCumprodKey : BetasKey].DType);
    }

    private static double[]? Values(ITensorFile file, string key)
    {
        if (!file.Tensors.TryGetValue(key, out var info)) return null;
        if (info.Shape is not [> 0 and <= MaxTimesteps])
        {
            throw new CheckpointException($"'{file.Path}' has a noise schedule '{key}' of shape {info.ShapeText}, which is no list.", file.Path, key);
        }

        using var scope = NewDisposeScope();
        using var stored = file.Read(key);
        return stored.to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
