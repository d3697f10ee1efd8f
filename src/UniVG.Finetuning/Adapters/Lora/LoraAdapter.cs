using UniVG.Diffusion.Layers;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Finetuning.Adapters.Lora;

/// <summary>
/// LoRA (Hu et al. 2021) as kohya's networks.lora: ΔW = alpha/dim · up · down. For a k×k convolution, down is a k×k convolution to
/// dim channels (with the layer's stride and padding) and up a 1×1 convolution.
/// </summary>
public sealed class LoraAdapter : Adapter
{
    private readonly Tensor _down; // (r, in) or (r, in, k, k)
    private readonly Tensor _up;   // (out, r) or (out, r, 1, 1)

    /// <summary>Creates the adapter with its usual start: down ~ U(−1/√fanIn, 1/√fanIn), up = 0, hence ΔW = 0.</summary>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="generator">Draws the start; on the CPU.</param>
    public LoraAdapter(AdapterTarget target, Generator generator)
        : base(target)
    {
        var shape = Layer.Weight.shape;
        var fanIn = shape[1..].Aggregate(1L, (product, size) => product * size);
        _down = Parameter(rand([Dim, .. shape[1..]], generator: generator).mul_(2).sub_(1).mul_(1 / Math.Sqrt(fanIn)));
        _up = Parameter(zeros(Layer is Conv2d ? [shape[0], Dim, 1, 1] : [shape[0], Dim]));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Suffix, Tensor Tensor)> Parameters => [("lora_down.weight", _down), ("lora_up.weight", _up)];

    /// <inheritdoc/>
    public override Tensor DeltaWeight() => _up.flatten(1).mm(_down.flatten(1)).mul(Scale).reshape(Layer.Weight.shape);

    /// <inheritdoc/>
    protected override Tensor Branch(Tensor input)
    {
        var low = Layer.Apply(input, _down.to(input.dtype), bias: null);
        return Layer is Conv2d ? F.conv2d(low, _up.to(input.dtype)) : F.linear(low, _up.to(input.dtype));
    }
}
