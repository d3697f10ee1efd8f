using UniVG.Diffusion;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>What an optimizer remembers: some tensors for each parameter, by kind, and some that all share.</summary>
internal sealed class OptimizerState : IDisposable
{
    private readonly Dictionary<ParameterGroup, Dictionary<string, Tensor?[]>> _byParameter = [];
    private readonly Dictionary<string, Tensor> _shared = [];
    private readonly Dictionary<ParameterGroup, Tensor> _counts = [];
    private readonly Dictionary<string, Tensor> _all = [];

    /// <summary>Creates the tensors.</summary>
    /// <param name="groups">The parameters.</param>
    /// <param name="kinds">What is remembered of each parameter, and how it begins; null where a parameter has none of a kind.</param>
    public OptimizerState(IReadOnlyList<ParameterGroup> groups, params (string Kind, Func<Tensor, Tensor?> Start)[] kinds)
    {
        using var noGrad = no_grad();
        foreach (var group in groups)
        {
            _byParameter[group] = [];
            foreach (var (kind, start) in kinds) Remember(group, kind, group.Parameters.Select(start));
        }
    }

    /// <summary>All tensors by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _all;

    /// <summary>A value that all parameters share: 0-d, float64, on the CPU.</summary>
    public Tensor this[string name] => _shared[name];

    /// <summary>Zeros in the shape of the parameter.</summary>
    public static Tensor Zeros(Tensor parameter) => zeros_like(parameter).detach();

    /// <summary>
    /// Adds a count of steps for each parameter, 0-d and float32, as libtorch's fused kernels want it. They are views of one tensor a group:
    /// counting on is one operation then, not one for each of a thousand parameters.
    /// </summary>
    public OptimizerState AddCounts(string kind)
    {
        foreach (var group in _byParameter.Keys)
        {
            var parameters = group.Parameters;
            if (parameters.Count == 0) continue;
            _counts[group] = zeros(parameters.Count, ScalarType.Float32, parameters[0].device).DetachFromDisposeScope();
            Remember(group, kind, _counts[group].unbind());
        }

        return this;
    }

    /// <summary>Adds one to the counts of active parameters.</summary>
    public void CountOn(ParameterGroup group, ActiveParameters active, string kind)
    {
        if (active.Count == group.Parameters.Count) _counts[group].add_(1);
        else foreach (var count in active[kind]) count.add_(1);
    }

    /// <summary>Adds a value that all parameters share.</summary>
    public OptimizerState Share(string name, double start)
    {
        _all[name] = _shared[name] = tensor(start, ScalarType.Float64).DetachFromDisposeScope();
        return this;
    }

    /// <summary>The parameters of a group that have a gradient, in the present dispose scope.</summary>
    public ActiveParameters Active(ParameterGroup group) => new(group, _byParameter[group]);

    /// <summary>Copies saved tensors; see <see cref="IOptimizer.LoadStateTensors"/>.</summary>
    public void Load(IReadOnlyDictionary<string, Tensor> tensors)
    {
        var unfit = _all.Where(own => !tensors.TryGetValue(own.Key, out var saved) || !saved.shape.SequenceEqual(own.Value.shape) || saved.dtype != own.Value.dtype)
            .Select(own => own.Key).Concat(tensors.Keys.Except(_all.Keys)).FirstOrDefault();
        if (unfit is not null)
            throw new UniVGException($"The saved state of the optimizer does not fit this run (at '{unfit}'); use the optimizer and the adapter it was saved with.");
        using var noGrad = no_grad();
        foreach (var (name, own) in _all) own.copy_(tensors[name]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in _all.Values.Concat(_counts.Values)) tensor.Dispose();
    }

    // One tensor for each parameter of the group; null where it has none of the kind.
    private void Remember(ParameterGroup group, string kind, IEnumerable<Tensor?> tensors)
    {
        Tensor?[] kept = [.. tensors.Select(tensor => tensor?.DetachFromDisposeScope())];
        _byParameter[group][kind] = kept;
        for (var i = 0; i < kept.Length; i++)
            if (kept[i] is { } tensor) _all[$"{group.Name}.{i}.{kind}"] = tensor;
    }
}
