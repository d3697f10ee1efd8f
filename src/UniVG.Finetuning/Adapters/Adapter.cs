using TorchSharp;
using UniVG.Diffusion.Layers;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>
/// A trainable change of one frozen layer: y = base(x) + multiplier · branch(x). A method (LoRA, LoHA, …) supplies its parameters
/// and the formula of its ΔW, and where there is a cheaper one, that of its branch; everything else is here.
/// </summary>
/// <param name="target">The layer and its sizes.</param>
public abstract class Adapter(AdapterTarget target) : ILayerAdapter, IDisposable
{
    // Below it, what is kept for the backward pass is less than what it costs to make it anew. No layer of SD 1.5 but the first and the
    // last is that small.
    private const long SmallWeight = 100_000;

    // Two products, the changed weight, and their gradients.
    private const long WeightsAtOnce = 6;

    /// <summary>The adapter's name in files.</summary>
    public string Name => target.Name;

    /// <summary>The adapted layer.</summary>
    public AdaptableLayer Layer => target.Layer;

    /// <summary>The rank.</summary>
    public int Dim => target.Dim;

    /// <summary>The numerator of the scale, as files store it.</summary>
    public double Alpha => target.Alpha;

    /// <summary>alpha / dim, by which the low-rank product is multiplied.</summary>
    public virtual double Scale => Alpha / Dim;

    /// <summary>The strength at which the adapter is applied: 1 in training, 0 leaves the base model.</summary>
    public double Multiplier { get; set; } = 1;

    /// <summary>
    /// The trainable tensors by their suffix in files, for example <c>lora_down.weight</c>; float32, owned by the adapter, in
    /// LyCORIS' order.
    /// </summary>
    public abstract IReadOnlyList<(string Suffix, Tensor Tensor)> Parameters { get; }

    /// <summary>What is left out at random while training; null where nothing is.</summary>
    internal AdapterDropout? Dropout { get; set; }

    /// <summary>
    /// The low-rank part, whose ΔW is linear in each of its parameters: the adapter itself, or that within a DoRA. Its ΔW does not
    /// depend on the layer's weight.
    /// </summary>
    public virtual Adapter LowRank => this;

    /// <summary>The change of the weight, scale included, multiplier not: ΔW in the shape of the layer's weight, float32.</summary>
    public Tensor DeltaWeight()
    {
        // The scope keeps what is in between alive while libtorch works with it; TorchSharp itself would not.
        using var scope = NewDisposeScope();
        using Scalar scale = Scale;
        return Product(Factors).mul(scale).MoveToOuterDisposeScope();
    }

    /// <summary>What the adapter adds to the memory of a step. Here ΔW, of the layer's size, is made anew in the backward pass; that of a small layer is kept.</summary>
    /// <param name="positions">Pixels or tokens that the layer puts out, of the whole batch.</param>
    internal virtual AdapterMemory MemoryOf(long positions)
    {
        var weight = Layer.Weight.numel() * sizeof(float);
        return new AdapterMemory(IsSmall ? WeightsKept * weight : 0, WeightsAtOnce * weight);
    }

    /// <summary>Where the branch is applied as two factors or more, how many values these have; null where the changed weight, of the layer's size, is applied.</summary>
    internal virtual long? BranchElements => null;

    /// <summary>How many tensors of the weight's size autograd keeps where the layer is small: here the changed weight alone.</summary>
    private protected virtual long WeightsKept => 1;

    /// <summary>Whether what the changed weight takes may be kept for the backward pass.</summary>
    protected bool IsSmall => Layer.Weight.numel() <= SmallWeight;

    /// <summary>
    /// Whether the branch of <paramref name="input"/>, added to the layer's output, is cheaper than applying the layer once with the changed weight.
    /// </summary>
    protected virtual bool HasCheapBranch(Tensor input) => false;

    /// <inheritdoc/>
    public Tensor Forward(AdaptableLayer layer, Tensor input)
    {
        // In half precision a small change would be lost in the sum with the weight; dropouts act on the branch.
        var isOne = Multiplier != 0 && Dropout is null && layer.Weight.dtype == ScalarType.Float32 && !HasCheapBranch(input);
        return isOne ? Recomputed(ChangedLayer(Scale * Multiplier), input) : Adapt(layer, input, layer.Apply(input, layer.Weight, layer.Bias));
    }

    /// <inheritdoc/>
    public Tensor Adapt(AdaptableLayer layer, Tensor input, Tensor output)
    {
        if (Multiplier == 0 || Dropout?.SkipsModule() == true) return output;
        using Scalar strength = Scale * Multiplier; // TorchSharp would not keep it alive until libtorch has read it
        return output.add(Branch(input), alpha: strength);
    }

    /// <inheritdoc/>
    public Tensor Fuse(Tensor weight)
    {
        if (Multiplier == 0) return weight;
        using var scope = NewDisposeScope();
        using Scalar strength = Multiplier;
        return weight.add(DeltaWeight(), alpha: strength).MoveToOuterDisposeScope();
    }

    private Tensor[] Factors => [.. Parameters.Select(p => p.Tensor)];

    /// <inheritdoc/>
    public void Dispose()
    {
        AdapterStack.Remove(Layer, this);
        foreach (var (_, tensor) in Parameters) tensor.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>ΔW without scale as a function of the parameters: in the shape of the layer's weight, float32.</summary>
    /// <param name="factors">Tensors in the order and of the shapes of <see cref="Parameters"/>.</param>
    protected internal abstract Tensor Product(Tensor[] factors);

    /// <summary>
    /// ΔW without scale as left (out, R) times right (R, in·k·k) with R the rank that it can reach; null where R may be as large as
    /// the layer.
    /// </summary>
    internal virtual (Tensor Left, Tensor Right)? Factorized() => null;

    /// <summary>
    /// The branch without scale and multiplier: the layer's output size, in the dtype of <paramref name="input"/>. Here ΔW is made
    /// anew in the backward pass instead of being kept for it.
    /// </summary>
    protected virtual Tensor Branch(Tensor input)
    {
        return Dropped(Recomputed((x, factors) => Layer.Apply(x, Product(factors).to(x.dtype), bias: null), input));
    }

    /// <summary>A branch's output with values and outputs left out at random, where there are dropouts.</summary>
    private protected Tensor Dropped(Tensor output) => Dropout?.Rows(Dropout.Values(output), Layer is Conv2d) ?? output;

    // x, factors → W' x + b with W' = W + strength · ΔW.
    private Func<Tensor, Tensor[], Tensor> ChangedLayer(double strength) => (x, factors) =>
    {
        using Scalar scalar = strength;
        return Layer.Apply(x, Layer.Weight.add(Product(factors), alpha: scalar), Layer.Bias);
    };

    private Tensor Recomputed(Func<Tensor, Tensor[], Tensor> branch, Tensor input)
    {
        // A frozen adapter behind frozen layers has nothing to differentiate.
        var factors = Factors;
        var keeps = IsSmall || !(input.requires_grad || factors[0].requires_grad);
        return keeps ? branch(input, factors) : RecomputedBranch.Apply(branch, input, factors);
    }

    /// <summary>Moves a parameter's start, drawn on the CPU so that a seed means the same everywhere, or read from a file, to the layer's device.</summary>
    protected Tensor Parameter(Tensor initial)
    {
        using var _ = no_grad();
        var parameter = initial.to(ScalarType.Float32, Layer.Weight.device).DetachFromDisposeScope();
        if (!ReferenceEquals(parameter, initial)) initial.Dispose();
        return parameter.requires_grad_();
    }

    /// <summary>PyTorch's default start of a layer's weight: U(−1/√fanIn, 1/√fanIn), fanIn being all sizes but the first.</summary>
    protected Tensor FanInParameter(Generator generator, params long[] shape)
    {
        var fanIn = shape[1..].Aggregate(1L, (product, size) => product * size);
        return Parameter(rand(shape, generator: generator).mul_(2).sub_(1).mul_(1 / Math.Sqrt(fanIn)));
    }
}
