using TorchSharp;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>
/// Adafactor (Shazeer and Stern 2018) as in transformers: Adam that remembers of a matrix's squared gradients only the means of rows and
/// columns, v ≈ row · columnᵀ / mean(row), clips each update by its root mean square, and by default sets its own rate.
/// </summary>
/// <param name="groups">The parameters and their rates.</param>
/// <param name="options">The arguments.</param>
public sealed class Adafactor(IReadOnlyList<ParameterGroup> groups, AdafactorOptions options)
    : GroupOptimizer(groups, new OptimizerState(
            groups,
            (Row, p => p.dim() >= 2 ? zeros(p.shape[..^1], ScalarType.Float32, p.device) : null),
            (Column, p => p.dim() >= 2 ? zeros([.. p.shape[..^2], p.shape[^1]], ScalarType.Float32, p.device) : null),
            (Variance, p => p.dim() < 2 ? OptimizerState.Zeros(p) : null),
            (Mean, p => options.Beta1 is null ? null : OptimizerState.Zeros(p)))
        .Share(Steps, 0))
{
    private const string Row = "exp_avg_sq_row";
    private const string Column = "exp_avg_sq_col";
    private const string Variance = "exp_avg_sq";
    private const string Mean = "exp_avg";
    private const string Steps = "step";

    // A rate for each parameter, from its size; then its update from row and column (matrices) or the whole variance (vectors).
    private const string Script = """
        def rms(x: Tensor) -> Tensor:
            return x.norm() / float(x.numel()) ** 0.5

        def rate(p: Tensor, base: float, scaled: bool, least: float) -> Tensor:
            return rms(p).clamp_min(least) * base if scaled else torch.full([], base, device=p.device)

        def apply(p: Tensor, update: Tensor, lr: Tensor, clip: float, m: Optional[Tensor], beta1: float, weight_decay: float) -> Tensor:
            update = update * (lr / (rms(update) / clip).clamp_min(1.0))
            if m is not None:
                update = m.mul_(beta1).add_(update, alpha=1 - beta1)
            p.mul_(1 - weight_decay * lr).sub_(update)
            return lr

        def matrix(p: Tensor, g: Tensor, row: Tensor, col: Tensor, m: Optional[Tensor], lr: Tensor, beta2: float, eps: float,
                   clip: float, beta1: float, weight_decay: float) -> Tensor:
            squares = g.square() + eps
            row.mul_(beta2).add_(squares.mean(-1), alpha=1 - beta2)
            col.mul_(beta2).add_(squares.mean(-2), alpha=1 - beta2)
            factor = (row / row.mean(-1, keepdim=True)).rsqrt().unsqueeze(-1) * col.unsqueeze(-2).rsqrt()
            return apply(p, factor * g, lr, clip, m, beta1, weight_decay)

        def vector(p: Tensor, g: Tensor, v: Tensor, m: Optional[Tensor], lr: Tensor, beta2: float, eps: float,
                   clip: float, beta1: float, weight_decay: float) -> Tensor:
            v.mul_(beta2).add_(g.square() + eps, alpha=1 - beta2)
            return apply(p, v.rsqrt() * g, lr, clip, m, beta1, weight_decay)
        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script + "\n")); // the parser wants a last line end

    /// <summary>The method, for the registry.</summary>
    public static OptimizerMethod Method { get; } = new("Adafactor", "remembers little, and by default sets its own rate (relative_step=False uses --lr)")
    {
        Create = (groups, arguments) =>
        {
            var (epsilon1, epsilon2) = arguments.Pair("eps", 1e-30, 1e-3);
            return new Adafactor(groups, new AdafactorOptions
            {
                Epsilon1 = epsilon1,
                Epsilon2 = epsilon2,
                ClipThreshold = arguments.Positive("clip_threshold", 1),
                DecayRate = arguments.Negative("decay_rate", -0.8),
                Beta1 = arguments.Optional("beta1", null),
                WeightDecay = arguments.Number("weight_decay", 0),
                ScaleParameter = arguments.Flag("scale_parameter", true),
                RelativeStep = arguments.Flag("relative_step", true),
                WarmupInit = arguments.Flag("warmup_init", false),
            });
        },
    };

    /// <inheritdoc/>
    public override string Name => Method.Name;

    /// <inheritdoc/>
    public override bool IgnoresGivenRate => options.RelativeStep;

    /// <inheritdoc/>
    public override void Step()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var step = State[Steps].item<double>() + 1;
        var relative = Math.Min(options.WarmupInit ? 1e-6 * step : 1e-2, 1 / Math.Sqrt(step));
        var beta2 = 1 - Math.Pow(step, options.DecayRate);
        foreach (var group in Groups)
        {
            var active = State.Active(group);
            var (rows, columns, variances, means) = (active.Some(Row), active.Some(Column), active.Some(Variance), active.Some(Mean));
            for (var i = 0; i < active.Count; i++)
            {
                using var inner = NewDisposeScope();
                var (p, g) = (active.Parameters[i], active.Gradients[i]);
                var rate = (Tensor)Compiled.Value.invoke(
                    "rate", p, options.RelativeStep ? relative : group.LearningRate, options.ScaleParameter, options.Epsilon2);
                if (p.dim() >= 2)
                {
                    Compiled.Value.invoke(
                        "matrix", p, g, rows[i], columns[i], means[i], rate, beta2, options.Epsilon1, options.ClipThreshold, options.Beta1 ?? 0, options.WeightDecay);
                }
                else
                {
                    Compiled.Value.invoke(
                        "vector", p, g, variances[i], means[i], rate, beta2, options.Epsilon1, options.ClipThreshold, options.Beta1 ?? 0, options.WeightDecay);
                }

                if (i == active.Count - 1 && options.RelativeStep) group.LearningRate = rate.ToDouble();
            }
        }

        State[Steps].fill_(step);
    }
}
