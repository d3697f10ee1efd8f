using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>
/// <see cref="AdamW"/> whose two means are kept in 8 bits (Dettmers et al. 2022): blocks of 256 values, each with its largest magnitude
/// as scale, and <see cref="DynamicQuantization"/>. Small tensors are kept in 32 bits, as in bitsandbytes, whose name and defaults it
/// has. Its numbers are not bit for bit those of bitsandbytes.
/// </summary>
public sealed class AdamW8bit : IOptimizer
{
    private const string Mean = "state1";
    private const string MeanScale = "absmax1";
    private const string Variance = "state2";
    private const string VarianceScale = "absmax2";
    private const string Steps = "step";
    private const int MinSize = 4096;

    private const string Script = """
        def unpack(codes: Tensor, scale: Tensor, values: Tensor) -> Tensor:
            return values.index_select(0, codes.flatten().int()).view(codes.size(0), -1).mul_(scale.unsqueeze(1))

        def pack(x: Tensor, codes: Tensor, scale: Tensor, borders: Tensor) -> Tensor:
            scale.copy_(x.abs().amax(1))
            codes.copy_(torch.bucketize(x / scale.clamp_min(1e-38).unsqueeze(1), borders, out_int32=True))
            return codes

        def step(params: List[Tensor], grads: List[Tensor], m: List[Tensor], m_scale: List[Tensor], v: List[Tensor], v_scale: List[Tensor],
                 m_values: Tensor, m_borders: Tensor, v_values: Tensor, v_borders: Tensor,
                 lr: float, beta1: float, beta2: float, weight_decay: float, eps: float, steps: float) -> Tensor:
            for i in range(len(params)):
                p = params[i]
                g = torch.constant_pad_nd(grads[i].flatten(), [0, m[i].numel() - p.numel()]).view_as(m[i])
                mean = unpack(m[i], m_scale[i], m_values).mul_(beta1).add_(g, alpha=1 - beta1)
                variance = unpack(v[i], v_scale[i], v_values).mul_(beta2).addcmul_(g, g, value=1 - beta2)
                denominator = variance.sqrt().div_((1 - beta2 ** steps) ** 0.5).add_(eps)
                update = (mean / denominator).flatten().narrow(0, 0, p.numel()).view_as(p)
                p.mul_(1 - lr * weight_decay).add_(update, alpha=-lr / (1 - beta1 ** steps))
                pack(mean, m[i], m_scale[i], m_borders)
                pack(variance, v[i], v_scale[i], v_borders)
            return m_values
        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script + "\n")); // the parser wants a last line end

    private readonly IReadOnlyList<(ParameterGroup Group, ParameterGroup Large, ParameterGroup Small)> _parts;
    private readonly AdamW _small;
    private readonly OptimizerState _state;
    private readonly (double Beta1, double Beta2, double Epsilon, double WeightDecay) _arguments;
    private Tables? _tables;

    /// <summary>Creates the optimizer with zero means.</summary>
    /// <param name="groups">The parameters and their rates.</param>
    /// <param name="beta1">Decay of the mean of gradients.</param>
    /// <param name="beta2">Decay of the mean of squared gradients.</param>
    /// <param name="epsilon">Added to the denominator.</param>
    /// <param name="weightDecay">The decoupled decay.</param>
    /// <param name="minSize">Tensors of fewer values are kept in 32 bits.</param>
    public AdamW8bit(
        IReadOnlyList<ParameterGroup> groups, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01, int minSize = MinSize)
    {
        Groups = groups;
        _arguments = (beta1, beta2, epsilon, weightDecay);
        _parts = [.. groups.Select(group => (group, Part(group, "", p => p.numel() >= minSize), Part(group, "_small", p => p.numel() < minSize)))];
        _small = new AdamW([.. _parts.Select(part => part.Small)], beta1, beta2, epsilon, weightDecay);
        _state = new OptimizerState(
                [.. _parts.Select(part => part.Large)],
                (Mean, p => full([Blocks(p), DynamicQuantization.BlockSize], Array.IndexOf(DynamicQuantization.Values(signed: true), 0f), ScalarType.Byte, p.device)),
                (MeanScale, p => zeros(Blocks(p), ScalarType.Float32, p.device)),
                (Variance, p => zeros([Blocks(p), DynamicQuantization.BlockSize], ScalarType.Byte, p.device)),
                (VarianceScale, p => zeros(Blocks(p), ScalarType.Float32, p.device)))
            .Share(Steps, 0);
    }

    /// <summary>The method, for the registry.</summary>
    public static OptimizerMethod Method { get; } = new("AdamW8bit", "AdamW that remembers in 8 bits, a quarter of the memory; SD-Trainer's default")
    {
        Create = (groups, arguments) =>
        {
            var (beta1, beta2) = arguments.Pair("betas", 0.9, 0.999);
            return new AdamW8bit(
                groups, beta1, beta2, arguments.Number("eps", 1e-8), arguments.Number("weight_decay", 0.01), (int)arguments.Number("min_8bit_size", MinSize));
        },
    };

    /// <inheritdoc/>
    public string Name => Method.Name;

    /// <inheritdoc/>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <inheritdoc/>
    public void Step()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var part in _parts) part.Small.LearningRate = part.Group.LearningRate;
        _small.Step();

        var steps = _state[Steps].item<double>() + 1;
        foreach (var (group, large, _) in _parts)
        {
            var active = _state.Active(large);
            if (active.Count == 0) continue;
            var tables = _tables ??= new Tables(active.Parameters[0].device);
            Compiled.Value.invoke(
                "step", active.Parameters, active.Gradients, active[Mean], active[MeanScale], active[Variance], active[VarianceScale],
                tables.MeanValues, tables.MeanBorders, tables.VarianceValues, tables.VarianceBorders,
                group.LearningRate, _arguments.Beta1, _arguments.Beta2, _arguments.WeightDecay, _arguments.Epsilon, steps);
        }

        _state[Steps].fill_(steps);
    }

    /// <inheritdoc/>
    public void ZeroGradients() => ParameterGroup.ZeroGradients(Groups);

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, Tensor> StateTensors() => _state.Tensors.Concat(_small.StateTensors()).ToDictionary();

    /// <inheritdoc/>
    public void LoadStateTensors(IReadOnlyDictionary<string, Tensor> tensors)
    {
        var small = _small.StateTensors().Keys.ToHashSet();
        _state.Load(tensors.Where(t => !small.Contains(t.Key)).ToDictionary());
        _small.LoadStateTensors(tensors.Where(t => small.Contains(t.Key)).ToDictionary());
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _state.Dispose();
        _small.Dispose();
        _tables?.Dispose();
    }

    private static ParameterGroup Part(ParameterGroup group, string suffix, Func<Tensor, bool> belongs) =>
        new(group.Name + suffix, [.. group.Parameters.Where(belongs)], group.LearningRate);

    private static long Blocks(Tensor parameter) => (parameter.numel() + DynamicQuantization.BlockSize - 1) / DynamicQuantization.BlockSize;

    private sealed class Tables : IDisposable
    {
        public Tables(Device device)
        {
            MeanValues = tensor(DynamicQuantization.Values(signed: true), device: device).DetachFromDisposeScope();
            VarianceValues = tensor(DynamicQuantization.Values(signed: false), device: device).DetachFromDisposeScope();
            MeanBorders = DynamicQuantization.Borders(MeanValues).DetachFromDisposeScope();
            VarianceBorders = DynamicQuantization.Borders(VarianceValues).DetachFromDisposeScope();
        }

        public Tensor MeanValues { get; }

        public Tensor MeanBorders { get; }

        public Tensor VarianceValues { get; }

        public Tensor VarianceBorders { get; }

        public void Dispose()
        {
            foreach (var table in (Tensor[])[MeanValues, MeanBorders, VarianceValues, VarianceBorders]) table.Dispose();
        }
    }
}
