using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>
/// Lion (Chen et al. 2023): p ← p(1 − lr·wd); p ← p − lr · sign(β1·m + (1 − β1)·g); m ← β2·m + (1 − β2)·g. Every step has the same length,
/// so rates are three to ten times lower than AdamW's; it remembers half as much.
/// </summary>
/// <param name="groups">The parameters and their rates.</param>
/// <param name="beta1">Share of the mean in a step.</param>
/// <param name="beta2">Decay of the mean of gradients.</param>
/// <param name="weightDecay">The decoupled decay.</param>
public sealed class Lion(IReadOnlyList<ParameterGroup> groups, double beta1 = 0.9, double beta2 = 0.99, double weightDecay = 0)
    : GroupOptimizer(groups, new OptimizerState(groups, (Mean, OptimizerState.Zeros)))
{
    private const string Mean = "exp_avg";

    private const string Script = """
        def step(params: List[Tensor], grads: List[Tensor], m: List[Tensor], lr: float, beta1: float, beta2: float, weight_decay: float) -> Tensor:
            torch._foreach_mul_(params, 1 - lr * weight_decay)
            update = torch._foreach_mul(m, beta1)
            torch._foreach_add_(update, grads, alpha=1 - beta1)
            torch._foreach_sign_(update)
            torch._foreach_add_(params, update, alpha=-lr)
            torch._foreach_mul_(m, beta2)
            torch._foreach_add_(m, grads, alpha=1 - beta2)
            return m[0]
        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script + "\n")); // the parser wants a last line end

    /// <summary>The method, for the registry.</summary>
    public static OptimizerMethod Method { get; } = new("Lion", "steps by the sign of the mean gradient; rates three to ten times lower")
    {
        DefaultLearningRate = 3e-5,
        Create = (groups, arguments) =>
        {
            var (beta1, beta2) = arguments.Pair("betas", 0.9, 0.99);
            return new Lion(groups, beta1, beta2, arguments.Number("weight_decay", 0));
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
            Compiled.Value.invoke("step", active.Parameters, active.Gradients, active[Mean], group.LearningRate, beta1, beta2, weightDecay);
        }
    }
}
