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
public sealed class AdamW : IDisposable
{
    private const string Script = """
        def step(params: List[Tensor], grads: List[Tensor], m: List[Tensor], v: List[Tensor], steps: List[Tensor],
                 lr: float, beta1: float, beta2: float, weight_decay: float, eps: float) -> Tensor:
            unused: List[Tensor] = []
            torch._foreach_add_(steps, 1)
            torch._fused_adamw_(params, grads, m, v, unused, steps, lr=lr, beta1=beta1, beta2=beta2,
                                weight_decay=weight_decay, eps=eps, amsgrad=False, maximize=False)
            return steps[0]
        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script + "\n")); // the parser wants a last line end
    private readonly Dictionary<ParameterGroup, State> _states;

    /// <summary>Creates the optimizer with zero moments.</summary>
    /// <param name="groups">The parameters and their rates.</param>
    /// <param name="beta1">Decay of the mean of gradients.</param>
    /// <param name="beta2">Decay of the mean of squared gradients.</param>
    /// <param name="epsilon">Added to the denominator.</param>
    /// <param name="weightDecay">The decoupled decay.</param>
    public AdamW(
        IReadOnlyList<ParameterGroup> groups, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0.01)
    {
        Groups = groups;
        (Beta1, Beta2, Epsilon, WeightDecay) = (beta1, beta2, epsilon, weightDecay);
        _states = groups.ToDictionary(g => g, g => new State(g.Parameters));
    }

    /// <summary>The parameters and their rates.</summary>
    public IReadOnlyList<ParameterGroup> Groups { get; }

    /// <summary>Decay of the mean of gradients.</summary>
    public double Beta1 { get; }

    /// <summary>Decay of the mean of squared gradients.</summary>
    public double Beta2 { get; }

    /// <summary>Added to the denominator.</summary>
    public double Epsilon { get; }

    /// <summary>The decoupled decay.</summary>
    public double WeightDecay { get; }

    /// <summary>Updates every parameter that has a gradient; the others, and their moments, stay as they are (as in PyTorch).</summary>
    public void Step()
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var group in Groups)
        {
            var state = _states[group];
            var active = new List<(int Index, Tensor Gradient)>(group.Parameters.Count);
            for (var i = 0; i < group.Parameters.Count; i++)
                if (group.Parameters[i].grad is { } gradient) active.Add((i, gradient));
            if (active.Count == 0) continue;

            Tensor[] Pick(IReadOnlyList<Tensor> from) => [.. active.Select(a => from[a.Index])];
            Compiled.Value.invoke(
                "step", Pick(group.Parameters), active.Select(a => a.Gradient).ToArray(), Pick(state.Mean), Pick(state.Variance),
                Pick(state.Steps), group.LearningRate, Beta1, Beta2, WeightDecay, Epsilon);
        }
    }

    /// <summary>Drops all gradients.</summary>
    public void ZeroGradients()
    {
        foreach (var parameter in Groups.SelectMany(g => g.Parameters)) parameter.grad = null;
    }

    /// <summary>The moments and step counters by <c>group.index.kind</c>, for saving a run; owned by the optimizer.</summary>
    public IReadOnlyDictionary<string, Tensor> StateTensors()
    {
        var tensors = new Dictionary<string, Tensor>();
        foreach (var (group, state) in _states)
        {
            for (var i = 0; i < group.Parameters.Count; i++)
            {
                tensors[$"{group.Name}.{i}.exp_avg"] = state.Mean[i];
                tensors[$"{group.Name}.{i}.exp_avg_sq"] = state.Variance[i];
                tensors[$"{group.Name}.{i}.step"] = state.Steps[i];
            }
        }

        return tensors;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var state in _states.Values) state.Dispose();
    }

    private sealed class State(IReadOnlyList<Tensor> parameters) : IDisposable
    {
        public Tensor[] Mean { get; } = [.. parameters.Select(p => zeros_like(p).detach().DetachFromDisposeScope())];

        public Tensor[] Variance { get; } = [.. parameters.Select(p => zeros_like(p).detach().DetachFromDisposeScope())];

        public Tensor[] Steps { get; } =
            [.. parameters.Select(p => zeros([], ScalarType.Float32, p.device).DetachFromDisposeScope())];

        public void Dispose()
        {
            foreach (var tensor in Mean.Concat(Variance).Concat(Steps)) tensor.Dispose();
        }
    }
}
