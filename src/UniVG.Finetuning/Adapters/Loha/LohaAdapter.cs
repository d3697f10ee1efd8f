using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Loha;

/// <summary>
/// LoHA, the Hadamard product of two low-rank products (FedPara, Hyeon-Woo et al. 2022) as LyCORIS:
/// ΔW = alpha/dim · (w1a · w1b) ⊙ (w2a · w2b), of rank up to dim². A convolution's kernel is folded into the second size.
/// </summary>
public sealed class LohaAdapter : Adapter
{
    private readonly Tensor _w1a; // (out, r)
    private readonly Tensor _w1b; // (r, in·k·k)
    private readonly Tensor _w2a; // (out, r)
    private readonly Tensor _w2b; // (r, in·k·k)

    /// <summary>Creates the adapter with LyCORIS' start: w1a ~ N(0, 0.1²), w1b and w2b ~ N(0, 1), w2a = 0, hence ΔW = 0.</summary>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="generator">Draws the start; on the CPU.</param>
    public LohaAdapter(AdapterTarget target, Generator generator)
        : base(target)
    {
        var rows = Layer.Weight.shape[0];
        var columns = Layer.Weight.numel() / rows;
        _w1b = Parameter(randn([Dim, columns], generator: generator));
        _w1a = Parameter(randn([rows, Dim], generator: generator).mul_(0.1));
        _w2b = Parameter(randn([Dim, columns], generator: generator));
        _w2a = Parameter(zeros([rows, Dim]));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Suffix, Tensor Tensor)> Parameters =>
        [("hada_w1_a", _w1a), ("hada_w1_b", _w1b), ("hada_w2_a", _w2a), ("hada_w2_b", _w2b)];

    /// <inheritdoc/>
    public override Tensor DeltaWeight() => Product().mul(Scale);

    /// <inheritdoc/>
    protected override Tensor Branch(Tensor input) => Layer.Apply(input, Product().to(input.dtype), bias: null);

    private Tensor Product() => _w1a.mm(_w1b).mul(_w2a.mm(_w2b)).reshape(Layer.Weight.shape);
}
