using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// Hands a model the weights of a checkpoint, converted to its device and type. A weight that is missing or of another shape is
/// recorded and replaced by zeros, so that one pass over the model finds every fault; the loader then calls
/// <see cref="CheckpointLoadReport.ThrowIfIncomplete"/> on <see cref="Report"/>.
/// </summary>
public sealed class CheckpointWeights : IWeightSource
{
    private readonly CheckpointPart _part;
    private readonly Device _device;
    private readonly ScalarType _dtype;
    private readonly HashSet<string> _taken = [];
    private readonly CheckpointLoadReport _report;

    /// <summary>Prepares to hand out the weights of <paramref name="part"/>.</summary>
    public CheckpointWeights(CheckpointPart part, Device? device = null, ScalarType dtype = ScalarType.Float32)
    {
        ArgumentNullException.ThrowIfNull(part);
        TorchRuntime.EnsureLoaded();
        _part = part;
        _device = device ?? CPU;
        _dtype = dtype;
        _report = new CheckpointLoadReport(part.File.Path, part.Name);
    }

    /// <summary>Weights by diffusers name, as they are named in <paramref name="file"/>.</summary>
    public CheckpointWeights(ITensorFile file, string partName = "model", Device? device = null, ScalarType dtype = ScalarType.Float32)
        : this(Whole(file, partName), device, dtype)
    {
    }

    /// <summary>What became of the keys so far; complete once the model is built.</summary>
    public CheckpointLoadReport Report
    {
        get
        {
            _report.Unexpected = [.. _part.Unexpected, .. _part.Keys.Where(k => !_taken.Contains(k.Key)).Select(k => k.Value)];
            return _report;
        }
    }

    /// <inheritdoc/>
    public Tensor Take(string name, ReadOnlySpan<long> shape, WeightInit init)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        _taken.Add(name);
        if (!_part.Keys.TryGetValue(name, out var key))
        {
            _report.AddMissing(name);
            return zeros([.. shape], _dtype, _device).DetachFromDisposeScope();
        }

        var actual = _part.File.Tensors[key].Shape;
        if (!HoldsSameMatrix([.. actual], shape))
        {
            _report.AddMisshapen(new MisshapenWeight(name, [.. shape], actual));
            return zeros([.. shape], _dtype, _device).DetachFromDisposeScope();
        }

        var stored = _part.File.Read(key);
        using var _ = stored;
        if (!FiniteNumbers.Only(stored)) _report.AddNonFinite(name);
        return stored.reshape([.. shape]).to(_dtype).to(_device).contiguous().alias().DetachFromDisposeScope();
    }

    private static CheckpointPart Whole(ITensorFile file, string name)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new CheckpointPart(name, file, file.Tensors.Keys.ToDictionary(key => key), ConfigJson: "{}");
    }

    // A 1x1 convolution (out, in, 1, 1) and a linear layer (out, in) are the same matrix; LDM's VAE has the first, diffusers' the second.
    private static bool HoldsSameMatrix(ReadOnlySpan<long> stored, ReadOnlySpan<long> needed)
    {
        if (stored.SequenceEqual(needed)) return true;
        var matrix = stored.Length == 2 ? stored : needed;
        var conv = stored.Length == 2 ? needed : stored;
        return matrix.Length == 2 && conv.Length == 4 && conv[2] == 1 && conv[3] == 1 && conv[..2].SequenceEqual(matrix);
    }
}
