using UniVG.Diffusion.Layers;
using static TorchSharp.torch;

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
    public static AdapterMethod Method { get; } = new("loha", "LoHA", Tucker)
    {
        Defaults = () => new LohaConfig(),
        Create = (_, target, generator) => new LohaAdapter(target, generator),
        Rank = tensors => tensors.FirstSize("hada_w1_b"),
        Read = (target, tensors) => new LohaAdapter(target, tensors),
        NotReadBy = "diffusers and kohya's merge scripts",
    };

    /// <inheritdoc/>
    public override IReadOnlyList<(string Suffix, Tensor Tensor)> Parameters => [.. Tucker.Zip(_factors)];

    /// <inheritdoc/>
    public override Tensor DeltaWeight() => Product(_factors).mul(Scale);

    /// <inheritdoc/>
    protected override Tensor Branch(Tensor input)
    {
        var y = RecomputedBranch.Apply((x, factors) => Layer.Apply(x, Product(factors).to(x.dtype), bias: null), input, _factors);
        return Dropout?.Rows(Dropout.Values(y), Layer is Conv2d) ?? y;
    }

    private Tensor Product(Tensor[] f) => f.Length == Plain.Length
        ? f[0].mm(f[1]).mul(f[2].mm(f[3])).reshape(Layer.Weight.shape)
        : Rebuild(f[4], f[0], f[1]).mul(Rebuild(f[5], f[2], f[3]));

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
