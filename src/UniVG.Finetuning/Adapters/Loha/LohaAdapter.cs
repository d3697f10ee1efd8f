using TorchSharp;
using UniVG.Diffusion.Layers;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Finetuning.Adapters.Loha;

/// <summary>
/// LoHA, the Hadamard product of two low-rank products (FedPara, Hyeon-Woo et al. 2022) as LyCORIS:
/// ΔW = alpha/dim · (w1a · w1b) ⊙ (w2a · w2b), of rank up to dim². A convolution's kernel is folded into the second size. In Tucker
/// form each of the two is Σ t[p,q] · wb[q] · wa[p], with the kernel in t. LyCORIS' own backward pass of that form is wrong; ours
/// is the true gradient.
/// </summary>
public sealed class LohaAdapter : Adapter
{
    private static readonly string[] Plain = ["hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"];
    private const int NarrowShare = 4;
    private static readonly string[] Tucker = [.. Plain, "hada_t1", "hada_t2"];

    // w1a (out, r), w1b (r, in·k·k), w2a, w2b likewise; Tucker: wa (r, out), wb (r, in), t1 and t2 (r, r, k, k).
    private readonly Tensor[] _factors;

    /// <summary>Creates the adapter with LyCORIS' start: w1a, t1, t2 ~ N(0, 0.1²), w1b and w2b ~ N(0, 1), w2a = 0, hence ΔW = 0.</summary>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="generator">Draws the start; on the CPU.</param>
    public LohaAdapter(AdapterTarget target, Generator generator)
        : base(target)
    {
        var shapes = Shapes(target.Tucker);
        var w1b = Parameter(randn(shapes[1], generator: generator));
        var w1a = Parameter(randn(shapes[0], generator: generator).mul_(0.1));
        var w2b = Parameter(randn(shapes[3], generator: generator));
        var kernels = shapes[4..].Select(shape => Parameter(randn(shape, generator: generator).mul_(0.1)));
        _factors = [w1a, w1b, Parameter(zeros(shapes[2])), w2b, .. kernels];
    }

    /// <summary>Takes the adapter from a file.</summary>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="tensors">The factors.</param>
    public LohaAdapter(AdapterTarget target, AdapterTensors tensors)
        : base(target)
    {
        var tucker = tensors.Has("hada_t1") || tensors.Has("hada_t2");
        _factors = [.. (tucker ? Tucker : Plain).Zip(Shapes(tucker), (suffix, shape) => Parameter(tensors.Take(suffix, shape)))];
    }

    /// <summary>The method, for the registry.</summary>
    public static AdapterMethod Method { get; } = new("loha", "LoHA", Tucker, TuckerSuffix: "hada_t1")
    {
        Defaults = () => new LohaConfig(),
        Create = (_, target, generator) => new LohaAdapter(target, generator),
        Description = "Attaches a fresh LoHA: higher effective rank at the same size.",
        Rank = tensors => tensors.FirstSize("hada_w1_b"),
        Size = SizeOf,
        Read = (target, tensors) => new LohaAdapter(target, tensors),
        ReachableRank = dim => (long)dim * dim,
        NotReadBy = "diffusers and kohya's merge scripts",
    };

    /// <inheritdoc/>
    public override IReadOnlyList<(string Suffix, Tensor Tensor)> Parameters => [.. Tucker.Zip(_factors)];

    // The two products that are multiplied, and the changed weight.
    private protected override long WeightsKept => 3;

    /// <inheritdoc/>
    protected internal override Tensor Product(Tensor[] factors) => factors is [var w1a, var w1b, var w2a, var w2b, var t1, var t2]
        ? Rebuild(t1, w1a, w1b).mul(Rebuild(t2, w2a, w2b))
        : factors[0].mm(factors[1]).mul(factors[2].mm(factors[3])).reshape(Layer.Weight.shape);

    /// <inheritdoc/>
    internal override (Tensor Left, Tensor Right)? Factorized() => _factors is [var w1a, var w1b, var w2a, var w2b]
        ? (w1a.unsqueeze(2).mul(w2a.unsqueeze(1)).flatten(1), w1b.unsqueeze(1).mul(w2b.unsqueeze(0)).flatten(0, 1))
        : null;

    /// <remarks>
    /// A Hadamard product of products of rank r is one product of rank r² (its factors are row- and column-wise Kronecker products). Where
    /// that is much less than the weight, as for convolutions of dim 4, the branch is that of a LoRA and nothing of the weight's size is made.
    /// </remarks>
    /// <inheritdoc/>
    protected override bool HasCheapBranch(Tensor input) => BranchElements is not null;

    /// <inheritdoc/>
    internal override long? BranchElements
    {
        get
        {
            if (IsSmall || _factors.Length != Plain.Length) return null;
            long weight = Layer.Weight.numel(), rows = Layer.Weight.shape[0];
            var elements = (long)Dim * Dim * (rows + (weight / rows));
            return elements <= weight / NarrowShare ? elements : null;
        }
    }

    /// <inheritdoc/>
    internal override AdapterMemory MemoryOf(long positions)
    {
        if (BranchElements is not { } elements) return base.MemoryOf(positions);

        // Both factors, and what is between them; then their gradients.
        return new AdapterMemory((elements + (positions * Dim * Dim)) * Layer.Weight.dtype.ElementSize(), 2 * elements * sizeof(float));
    }

    /// <inheritdoc/>
    protected override Tensor Branch(Tensor input)
    {
        if (BranchElements is null || Factorized() is not var (left, right)) return base.Branch(input);
        var low = Layer.Apply(input, right.reshape([right.shape[0], .. Layer.Weight.shape[1..]]).to(input.dtype), bias: null);
        left = left.to(input.dtype);
        return Dropped(Layer is Conv2d ? F.conv2d(low, left.unsqueeze(-1).unsqueeze(-1)) : F.linear(low, left));
    }

    private static (long Rows, long Columns) SizeOf(AdapterTensors tensors) => tensors.Has("hada_t1")
        ? (tensors.Size("hada_w1_a", 1), tensors.Size("hada_w1_b", 1) * tensors.Count("hada_t1", from: 2))
        : (tensors.Size("hada_w1_a", 0), tensors.Size("hada_w1_b", 1));

    private static Tensor Rebuild(Tensor t, Tensor a, Tensor b) => einsum("pqhw,po,qi->oihw", t, a, b);

    private long[][] Shapes(bool tucker)
    {
        var shape = Layer.Weight.shape;
        if (!tucker)
        {
            var columns = shape[1..].Aggregate(1L, (product, size) => product * size);
            return [[shape[0], Dim], [Dim, columns], [shape[0], Dim], [Dim, columns]];
        }

        long[] kernel = [Dim, Dim, .. shape[2..]];
        return [[Dim, shape[0]], [Dim, shape[1]], [Dim, shape[0]], [Dim, shape[1]], kernel, kernel];
    }
}
