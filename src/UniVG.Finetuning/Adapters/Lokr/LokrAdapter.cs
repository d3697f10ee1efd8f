using UniVG.Diffusion;
using UniVG.Diffusion.Layers;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Lokr;

/// <summary>
/// LoKr, a Kronecker product (KronA, Edalati et al. 2022) as LyCORIS: ΔW = alpha/dim · w1 ⊗ w2 with w1 (a, c) and w2 (b, d, k, k),
/// where out = a·b and in = c·d. Each of the two is stored whole or, where that is smaller, as a product of low rank; where both are
/// whole the scale is 1.
/// </summary>
public sealed class LokrAdapter : Adapter
{
    private const string W1 = "lokr_w1", W1A = "lokr_w1_a", W1B = "lokr_w1_b";
    private const string W2 = "lokr_w2", W2A = "lokr_w2_a", W2B = "lokr_w2_b", T2 = "lokr_t2";
    private static readonly string[] All = [W1, W1A, W1B, W2, T2, W2A, W2B];

    private readonly string[] _suffixes;
    private readonly Tensor[] _factors;
    private readonly long[] _right; // (b, d, k, k)

    /// <summary>Creates the adapter with LyCORIS' start: U(−1/√fanIn, 1/√fanIn) but w2, or its second factor, 0; hence ΔW = 0.</summary>
    /// <param name="config">How to factor the sizes.</param>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="generator">Draws the start; on the CPU.</param>
    public LokrAdapter(LokrConfig config, AdapterTarget target, Generator generator)
        : base(target)
    {
        var shape = Layer.Weight.shape;
        var (a, b) = Factorize(shape[0], config.Factor);
        var (c, d) = Factorize(shape[1], config.Factor);
        _right = [b, d, .. shape[2..]];
        string[] left = config.DecomposeBoth && Dim < Math.Max(a, c) / 2.0 ? [W1A, W1B] : [W1];
        string[] right = Dim >= Math.Max(b, d) / 2.0 ? [W2] : target.Tucker ? [T2, W2A, W2B] : [W2A, W2B];
        _suffixes = [.. left, .. right];
        var tucker = right.Length == 3;
        _factors = [.. _suffixes.Select(suffix => suffix is W2 or W2B
            ? Parameter(zeros(Shape(suffix, a, c, tucker)))
            : FanInParameter(generator, Shape(suffix, a, c, tucker)))];
    }

    /// <summary>Takes the adapter from a file; the file's sizes tell the factors.</summary>
    /// <param name="target">The layer and its sizes.</param>
    /// <param name="tensors">The factors.</param>
    public LokrAdapter(AdapterTarget target, AdapterTensors tensors)
        : base(target)
    {
        string[] left = tensors.Has(W1) ? [W1] : [W1A, W1B];
        string[] right = tensors.Has(W2) ? [W2] : tensors.Has(T2) ? [T2, W2A, W2B] : [W2A, W2B];
        _suffixes = [.. left, .. right];
        tensors.Require(_suffixes);
        var shape = Layer.Weight.shape;
        var tucker = right.Length == 3;
        var (a, c) = LeftSize(tensors);
        if (a < 1 || c < 1 || shape[0] % a != 0 || shape[1] % c != 0)
        {
            throw new UniVGException(
                $"The LoKr of '{target.Name}' has a left factor of {a}x{c}, which does not divide the layer's {shape[0]}x{shape[1]}; " +
                "the adapter was made for another model.");
        }

        _right = [shape[0] / a, shape[1] / c, .. shape[2..]];
        _factors = [.. _suffixes.Select(suffix => Parameter(tensors.Take(suffix, Shape(suffix, a, c, tucker))))];
    }

    /// <summary>The method, for the registry.</summary>
    public static AdapterMethod Method { get; } = new("lokr", "LoKr", All, TuckerSuffix: T2)
    {
        Defaults = () => new LokrConfig(),
        Create = (config, target, generator) => new LokrAdapter((LokrConfig)config, target, generator),
        Description = "Attaches a fresh LoKr: a Kronecker product, the smallest files.",
        Rank = RankOf,
        Size = SizeOf,
        Read = (target, tensors) => new LokrAdapter(target, tensors),
        Describe = (config, adapters) => DescribeOwn((LokrConfig)config, [.. adapters.Select(a => a.LowRank).OfType<LokrAdapter>()]),
        NotReadBy = "diffusers and kohya's merge scripts",
        Options =
        [
            new("factor", "largest size of the left Kronecker factor, -1 for no bound; default -1")
            {
                Get = config => ((LokrConfig)config).Factor,
                With = (config, factor) => (LokrConfig)config with { Factor = factor },
            },
            new("decompose_both", "make the left factor low-rank too, where it is large", IsFlag: true)
            {
                Get = config => ((LokrConfig)config).DecomposeBoth ? 1 : 0,
                With = (config, flag) => (LokrConfig)config with { DecomposeBoth = flag != 0 },
            },
        ],
    };

    /// <inheritdoc/>
    public override double Scale => _suffixes is [W1, W2] ? 1 : base.Scale;

    /// <inheritdoc/>
    public override IReadOnlyList<(string Suffix, Tensor Tensor)> Parameters => [.. _suffixes.Zip(_factors)];

    /// <summary>The divisors (m, n) of a size, m·n = size and m ≤ n, with the largest m up to <paramref name="factor"/> (−1: no bound).</summary>
    public static (long M, long N) Factorize(long size, int factor)
    {
        if (factor > 0 && size % factor == 0) return (Math.Min(factor, size / factor), Math.Max(factor, size / factor));
        var m = (long)Math.Sqrt(size);
        if (factor > 0) m = Math.Min(m, factor);
        while (size % m != 0) m--;
        return (m, size / m);
    }

    /// <inheritdoc/>
    protected internal override Tensor Product(Tensor[] factors)
    {
        Tensor? Get(string suffix) => Array.IndexOf(_suffixes, suffix) is >= 0 and var i ? factors[i] : null;

        var w1 = Get(W1) ?? Get(W1A)!.mm(Get(W1B)!);
        var w2 = Get(W2) ?? (Get(T2) is { } t ? einsum("pqhw,pb,qd->bdhw", t, Get(W2A)!, Get(W2B)!) : Get(W2A)!.mm(Get(W2B)!).reshape(_right));
        return kron(Layer is Conv2d ? w1.unsqueeze(-1).unsqueeze(-1) : w1, w2.contiguous());
    }

    // Any bound that makes all the sizes describes the file.
    private static LokrConfig DescribeOwn(LokrConfig config, List<LokrAdapter> adapters)
    {
        var sizes = adapters.SelectMany(a => a.Layer.Weight.shape.Zip(a._right).Take(2)).Select(size => (Whole: size.First, Left: size.First / size.Second)).Distinct().ToList();
        int[] bounds = [-1, .. sizes.Select(size => (int)size.Left).Distinct().OrderDescending()];
        return config with
        {
            Factor = bounds.FirstOrDefault(bound => sizes.All(size => Factorize(size.Whole, bound).M == size.Left), -1),
            DecomposeBoth = adapters.Any(a => a._suffixes.Contains(W1A)),
        };
    }

    private static int RankOf(AdapterTensors tensors)
    {
        var suffix = new[] { W2B, W1B }.FirstOrDefault(tensors.Has);
        if (suffix is not null) return tensors.FirstSize(suffix);

        // Whole factors have no rank; what was asked for is kept in alpha.
        return tensors.Has(W1) && tensors.Has(W2) ? Math.Max(1, (int)(tensors.Alpha() ?? 1)) : 0;
    }

    private static (long Rows, long Columns) SizeOf(AdapterTensors tensors)
    {
        var (a, c) = LeftSize(tensors);
        var (b, d) = tensors.Has(W2) ? (tensors.Size(W2, 0), tensors.Count(W2, from: 1))
            : tensors.Has(T2) ? (tensors.Size(W2A, 1), tensors.Size(W2B, 1) * tensors.Count(T2, from: 2))
            : (tensors.Size(W2A, 0), tensors.Size(W2B, 1));
        return (a * b, c * d);
    }

    private static (long Rows, long Columns) LeftSize(AdapterTensors tensors) => tensors.Has(W1)
        ? (tensors.Size(W1, 0), tensors.Size(W1, 1))
        : (tensors.Size(W1A, 0), tensors.Size(W1B, 1));

    private long[] Shape(string suffix, long a, long c, bool tucker)
    {
        var (b, d, kernel) = (_right[0], _right[1], _right[2..]);
        return suffix switch
        {
            W1 => [a, c],
            W1A => [a, Dim],
            W1B => [Dim, c],
            W2 => _right,
            W2A => tucker ? [Dim, b] : [b, Dim],
            W2B => tucker ? [Dim, d] : [Dim, kernel.Aggregate(d, (product, size) => product * size)],
            _ => [Dim, Dim, .. kernel],
        };
    }
}
