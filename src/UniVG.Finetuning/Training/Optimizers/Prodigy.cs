using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>
/// Prodigy (Mishchenko and Defazio 2023): Adam that estimates its own rate d as the distance to the solution, from below. With λ = d · lr:
/// r ← β3·r + d/d0 · λ · ⟨g, p0 − p⟩; s ← β3·s + d/d0 · λ · g; m ← β1·m + (1 − β1)·d·g; v ← β2·v + (1 − β2)·d²·g²;
/// d ← max(d, d_coef · r/‖s‖₁); p ← p − λ · m/(√v + d·ε).
/// </summary>
/// <remarks>As in the reference implementation the step is taken with the λ of before the new d; all groups have one rate, or 0.</remarks>
/// <param name="groups">The parameters and their rates; 1 is usual.</param>
/// <param name="options">The arguments.</param>
public sealed class Prodigy(IReadOnlyList<ParameterGroup> groups, ProdigyOptions options)
    : GroupOptimizer(groups, new OptimizerState(
            groups, (Mean, OptimizerState.Zeros), (Variance, OptimizerState.Zeros), (Sum, OptimizerState.Zeros), (Start, p => p.detach().clone()))
        .Share(Rate, options.D0).Share(Highest, options.D0).Share(Numerator, 0).Share(Steps, 0))
{
    private const string Mean = "exp_avg";
    private const string Variance = "exp_avg_sq";
    private const string Sum = "s";
    private const string Start = "p0";
    private const string Rate = "d";
    private const string Highest = "d_max";
    private const string Numerator = "d_numerator";
    private const string Steps = "k";

    // estimate gives the two sums that d is made of; update takes the step.
    private const string Script = """
        def estimate(params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], s: List[Tensor], p0: List[Tensor],
                     d: float, beta1: float, beta2: float, beta3: float, s_weight: float) -> Tensor:
            moved = torch._foreach_sub(p0, params)
            torch._foreach_mul_(moved, grads)
            torch._foreach_mul_(m, beta1)
            torch._foreach_add_(m, grads, alpha=d * (1 - beta1))
            torch._foreach_mul_(v, beta2)
            torch._foreach_addcmul_(v, grads, grads, d * d * (1 - beta2))
            torch._foreach_mul_(s, beta3)
            torch._foreach_add_(s, grads, alpha=s_weight)
            sums = [x.sum() for x in moved]
            return torch.stack([torch.stack(sums).double().sum(), torch.stack(torch._foreach_norm(s, 1)).double().sum()])

        def update(params: List[Tensor], m: List[Tensor], v: List[Tensor], rate: float, weight_decay: float, eps: float) -> Tensor:
            torch._foreach_mul_(params, 1 - rate * weight_decay)
            denominator = torch._foreach_sqrt(v)
            torch._foreach_add_(denominator, eps)
            torch._foreach_addcdiv_(params, m, denominator, -rate)
            return params[0]

        def decay(params: List[Tensor], grads: List[Tensor], weight_decay: float) -> Tensor:
            torch._foreach_add_(grads, params, alpha=weight_decay)
            return grads[0]
        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script + "\n")); // the parser wants a last line end

    /// <summary>The method, for the registry.</summary>
    public static OptimizerMethod Method { get; } = new("Prodigy", "finds the learning rate itself; --lr 1 multiplies it")
    {
        DefaultLearningRate = 1,
        HasOneRate = true,
        Create = (groups, arguments) =>
        {
            var (beta1, beta2) = arguments.Pair("betas", 0.9, 0.999);
            return new Prodigy(groups, new ProdigyOptions
            {
                Beta1 = beta1,
                Beta2 = beta2,
                Beta3 = arguments.Optional("beta3", null),
                Epsilon = arguments.Number("eps", 1e-8),
                WeightDecay = arguments.Number("weight_decay", 0),
                Decouple = arguments.Flag("decouple", true),
                UseBiasCorrection = arguments.Flag("use_bias_correction", false),
                SafeguardWarmup = arguments.Flag("safeguard_warmup", false),
                D0 = arguments.Positive("d0", 1e-6),
                DCoef = arguments.Positive("d_coef", 1),
                GrowthRate = arguments.Positive("growth_rate", double.PositiveInfinity),
            });
        },
    };

    /// <inheritdoc/>
    public override string Name => Method.Name;

    /// <summary>The present estimate of d.</summary>
    public double D => State[Rate].item<double>();

    /// <inheritdoc/>
    public override void Step()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var active = Groups.Where(group => group.LearningRate > 0).Select(group => (Group: group, Tensors: State.Active(group)))
            .Where(a => a.Tensors.Count > 0).ToList();
        if (active.Count == 0) return;

        var (d, steps) = (D, State[Steps].item<double>() + 1);
        var correction = options.UseBiasCorrection ? Math.Sqrt(1 - Math.Pow(options.Beta2, steps)) / (1 - Math.Pow(options.Beta1, steps)) : 1;
        var rate = d * active.Max(a => a.Group.LearningRate) * correction;
        var next = Estimate([.. active.Select(a => a.Tensors)], d, rate);
        foreach (var (group, tensors) in active)
        {
            Compiled.Value.invoke(
                "update", tensors.Parameters, tensors[Mean], tensors[Variance], rate, options.Decouple ? options.WeightDecay : 0, next * options.Epsilon);
            group.LearningRate = rate;
        }

        State[Steps].fill_(steps);
    }

    private double Estimate(IReadOnlyList<ActiveParameters> active, double d, double rate)
    {
        var beta3 = options.Beta3 ?? Math.Sqrt(options.Beta2);
        var weight = d / options.D0;
        var (numerator, denominator) = (beta3 * State[Numerator].item<double>(), 0.0);
        foreach (var tensors in active)
        {
            if (options.WeightDecay > 0 && !options.Decouple)
                Compiled.Value.invoke("decay", tensors.Parameters, tensors.Gradients, options.WeightDecay);
            var sums = (Tensor)Compiled.Value.invoke(
                "estimate", tensors.Parameters, tensors.Gradients, tensors[Mean], tensors[Variance], tensors[Sum], tensors[Start],
                d, options.Beta1, options.Beta2, beta3, weight * (options.SafeguardWarmup ? d : rate));
            numerator += weight * rate * sums[0].item<double>();
            denominator += sums[1].item<double>();
        }

        if (denominator == 0) return d;
        var estimate = options.DCoef * numerator / denominator;
        var highest = Math.Max(State[Highest].item<double>(), estimate);
        if (d == options.D0) d = Math.Max(d, estimate);
        d = Math.Min(highest, d * options.GrowthRate);
        State[Rate].fill_(d);
        State[Highest].fill_(highest);
        State[Numerator].fill_(numerator);
        return d;
    }
}
