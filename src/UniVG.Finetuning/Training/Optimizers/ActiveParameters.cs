using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>The parameters of a group that have a gradient in this step, as the arrays that foreach kernels take.</summary>
internal sealed class ActiveParameters
{
    private readonly Dictionary<string, Tensor?[]> _states;
    private readonly int[] _indices;

    /// <summary>Collects them.</summary>
    /// <param name="group">The parameters.</param>
    /// <param name="states">What is remembered of every parameter of the group, by kind.</param>
    public ActiveParameters(ParameterGroup group, Dictionary<string, Tensor?[]> states)
    {
        var gradients = group.Parameters.Select((parameter, i) => (Index: i, Gradient: parameter.grad)).Where(g => g.Gradient is not null).ToList();
        _states = states;
        _indices = [.. gradients.Select(g => g.Index)];
        Parameters = Pick(group.Parameters);
        Gradients = [.. gradients.Select(g => g.Gradient!)];
    }

    /// <summary>How many there are.</summary>
    public int Count => _indices.Length;

    /// <summary>The parameters.</summary>
    public Tensor[] Parameters { get; }

    /// <summary>Their gradients.</summary>
    public Tensor[] Gradients { get; }

    /// <summary>What is remembered of them, of a kind that all have.</summary>
    public Tensor[] this[string kind] => [.. Some(kind).Select(tensor => tensor!)];

    /// <summary>What is remembered of them, of a kind that some have.</summary>
    public Tensor?[] Some(string kind) => Pick(_states[kind]);

    private T[] Pick<T>(IReadOnlyList<T> all) => [.. _indices.Select(i => all[i])];
}
