using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>
/// AdamW (Loshchilov and Hutter 2019) with decoupled weight decay: p ← p(1 − lr·wd); m, v ← moving averages of g, g²;
/// p ← p − lr·m̂/(√v̂ + ε). One fused kernel updates all tensors of a group.
/// </summary>
/// <remarks>
/// TorchSharp's own AdamW launches about ten kernels a tensor; libtorch's fused kernel is reached through TorchScript, which is the
/// only public way to call it.
/// </remarks>
/// <param name="groups">The parameters and their rates.</param>
/// <param name="beta1">Decay of the mean of gradients.</param>
/// <param name="beta2">Decay of the mean of squared gradients.</param>
/// <param name="epsilon">Added to the denominator.</param>
/// <param name="weightDecay">The decoupled decay.</param>
public sealed class AdamW(
    IReadOnlyList<ParameterGroup> groups, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01)
    : GroupOptimizer(groups, new OptimizerState(groups, (Mean, OptimizerState.Zeros), (Variance, OptimizerState.Zeros)).AddCounts(Steps))
{
    private const string Mean = "exp_avg";
    private const string Variance = "exp_avg_sq";
    private const string Steps = "step";

    private const string Script = """
        def step(params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor],
                 lr: float, beta1: float, beta2: float, weight_decay: float, eps: float) -> Tensor:
            unused: List[Tensor] = []
            torch._fused_adamw_(params, grads, m, v, unused, steps, lr=lr, beta1=beta1, beta2=beta2,
                                weight_decay=weight_decay, eps=eps, amsgrad=False, maximize=False)
            return steps[0]
        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script + "\n")); // the parser wants a last line end

    /// <summary>The method, for the registry.</summary>
    public static OptimizerMethod Method { get; } = new("AdamW", "adaptive rates, decoupled weight decay")
    {
        Create = (groups, arguments) =>
        {
            var (beta1, beta2) = arguments.Pair("betas", 0.9, 0.999);
            return new AdamW(groups, beta1, beta2, arguments.Number("eps", 1e-8), arguments.Number("weight_decay", 0.01));
        },
    };

    /// <inheritdoc/>
    public override string Name => Method.Name;

    /// <inheritdoc/>
    public override void Step()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var group in Groups)
        {
            var active = State.Active(group);
            if (active.Count == 0) continue;
            State.CountOn(group, active, Steps);
            Compiled.Value.invoke(
                "step", active.Parameters, active.Gradients, active[Mean], active[Variance], active[Steps],
                group.LearningRate, beta1, beta2, weightDecay, epsilon);
        }
    }
}
