using TorchSharp;
using UniVG.Diffusion.Layers;
using static TorchSharp.torch;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Targets;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Finetuning.Adapters.Lora;

/// <summary>
/// LoRA (Hu et al. 2021) as kohya's networks.lora: ΔW = alpha/dim · up · down. For a k×k convolution, down is a k×k convolution to
/// dim channels (with the layer's stride and padding) and up a 1×1 convolution. In Tucker form (LyCORIS' LoCon) down is a 1×1
/// convolution too and mid, between them, the k×k one.
/// </summary>
public sealed class LoraAdapter : Adapter
{
    private const string Down = "lora_down.weight";
    private const string Up = "lora_up.weight";
    private const string Mid = "lora_mid.weight";

    private readonly Tensor _down; // (r, in), (r, in, k, k); Tucker: (r, in, 1, 1)
    private readonly Tensor _up;   // (out, r) or (out, r, 1, 1)
    private readonly Tensor? _mid; // Tucker: (r, r, k, k)

    /// <summary>Creates the adapter with its usual start: down and mid ~ U(−1/√fanIn, 1/√fanIn), up = 0, hence ΔW = 0.</summary>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="generator">Draws the start; on the CPU.</param>
    public LoraAdapter(AdapterTarget target, Generator generator)
        : base(target)
    {
        _down = FanInParameter(generator, DownShape(target.Tucker));
        if (target.Tucker) _mid = FanInParameter(generator, MidShape);
        _up = Parameter(zeros(UpShape));
    }

    /// <summary>Takes the adapter from a file.</summary>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="tensors">down, up and possibly mid.</param>
    public LoraAdapter(AdapterTarget target, AdapterTensors tensors)
        : base(target)
    {
        _down = Parameter(tensors.Take(Down, DownShape(tensors.Has(Mid))));
        if (tensors.Has(Mid)) _mid = Parameter(tensors.Take(Mid, MidShape));
        _up = Parameter(tensors.Take(Up, UpShape));
    }

    /// <summary>Makes an adapter of two factors.</summary>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="down">(r, in·k·k).</param>
    /// <param name="up">(out, r).</param>
    internal LoraAdapter(AdapterTarget target, Tensor down, Tensor up)
        : base(target)
    {
        _down = Parameter(down.reshape(DownShape(tucker: false)).clone());
        _up = Parameter(up.reshape(UpShape).clone());
    }

    /// <summary>The method, for the registry.</summary>
    public static AdapterMethod Method { get; } = new("lora", "LoRA", [Up, Down, Mid], TuckerSuffix: Mid)
    {
        Defaults = () => new LoraConfig(),
        Create = (_, target, generator) => new LoraAdapter(target, generator),
        Description = "Attaches a fresh LoRA: small, read by every tool.",
        Rank = tensors => tensors.FirstSize(Down),
        Size = tensors => (tensors.Size(Up, 0), tensors.Count(Down, from: 1) * Math.Max(1, tensors.Count(Mid, from: 2))),
        ReachableRank = dim => dim,
        Read = (target, tensors) => new LoraAdapter(target, tensors),
    };

    /// <inheritdoc/>
    public override IReadOnlyList<(string Suffix, Tensor Tensor)> Parameters =>
        _mid is null ? [(Up, _up), (Down, _down)] : [(Up, _up), (Down, _down), (Mid, _mid)];

    private long[] UpShape => Layer is Conv2d ? [Layer.Weight.shape[0], Dim, 1, 1] : [Layer.Weight.shape[0], Dim];

    private long[] MidShape => [Dim, Dim, .. Layer.Weight.shape[2..]];

    /// <inheritdoc/>
    protected internal override Tensor Product(Tensor[] factors) => factors is [var up, var down, var mid]
        ? einsum("op,pqhw,qi->oihw", up.flatten(1), mid, down.flatten(1))
        : factors[0].flatten(1).mm(factors[1].flatten(1)).reshape(Layer.Weight.shape);

    /// <inheritdoc/>
    internal override (Tensor Left, Tensor Right)? Factorized() =>
        (_up.flatten(1), (_mid is null ? _down : einsum("pqhw,qi->pihw", _mid, _down.flatten(1))).flatten(1));

    /// <inheritdoc/>
    internal override long? BranchElements => Parameters.Sum(p => p.Tensor.numel());

    /// <inheritdoc/>
    internal override AdapterMemory MemoryOf(long positions)
    {
        if (!IsBranchCheaper(positions, withGradients: true)) return new AdapterMemory(Layer.Weight.numel() * sizeof(float), 0);
        var between = positions * Dim * Layer.Weight.dtype.ElementSize();
        return new AdapterMemory(_mid is null ? between : 2 * between, 0);
    }

    /// <inheritdoc/>
    protected override bool HasCheapBranch(Tensor input)
    {
        var positions = input.numel() / Layer.Weight.shape[1] / (Layer is Conv2d { Stride: var stride } ? stride * stride : 1);
        return IsBranchCheaper(positions, is_grad_enabled() && _up.requires_grad);
    }

    // By multiplications beyond those of the layer itself. With gradients the branch takes each of its two products three times, the
    // changed weight its product up · down too, and the gradient of the whole weight.
    private bool IsBranchCheaper(long positions, bool withGradients)
    {
        if (_mid is not null || !IsSmall) return true;
        long weight = Layer.Weight.numel(), outputs = Layer.Weight.shape[0];
        var branch = positions * Dim * (outputs + (weight / outputs));
        var changed = Dim * weight;
        return withGradients ? 3 * branch <= (3 * changed) + (positions * weight) : branch <= changed;
    }

    /// <inheritdoc/>
    protected override Tensor Branch(Tensor input)
    {
        var low = _mid is null
            ? Layer.Apply(input, _down.to(input.dtype), bias: null)
            : Layer.Apply(F.conv2d(input, _down.to(input.dtype)), _mid.to(input.dtype), bias: null);
        low = Dropout?.Ranks(Dropout.Values(low), Layer is Conv2d) ?? low;
        return Layer is Conv2d ? F.conv2d(low, _up.to(input.dtype)) : F.linear(low, _up.to(input.dtype));
    }

    private long[] DownShape(bool tucker) => tucker ? [Dim, Layer.Weight.shape[1], 1, 1] : [Dim, .. Layer.Weight.shape[1..]];
}
