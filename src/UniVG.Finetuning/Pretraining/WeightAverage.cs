using static TorchSharp.torch;

namespace UniVG.Finetuning.Pretraining;

/// <summary>
/// An exponential moving average of weights: a ← d·a + (1 − d)·w with d = min(maxDecay, (1 + n)/(10 + n)), so that early steps,
/// far from the end, are forgotten.
/// </summary>
/// <param name="weights">The weights that are trained; not owned.</param>
/// <param name="maxDecay">The decay that is approached.</param>
public sealed class WeightAverage(IReadOnlyDictionary<string, Tensor> weights, double maxDecay = 0.999) : IDisposable
{
    private readonly Dictionary<string, Tensor> _averages =
        weights.ToDictionary(w => w.Key, w => w.Value.detach().clone().DetachFromDisposeScope());

    private long _updates;

    /// <summary>The averages by name; owned by this object.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _averages;

    /// <summary>Takes the weights of one more step into account.</summary>
    public void Update()
    {
        using var noGrad = no_grad();
        _updates++;
        var decay = Math.Min(maxDecay, (1.0 + _updates) / (10 + _updates));
        foreach (var (name, weight) in weights) _averages[name].lerp_(weight, 1 - decay);
    }

    /// <summary>Overwrites the trained weights with their averages.</summary>
    public void CopyToWeights()
    {
        using var noGrad = no_grad();
        foreach (var (name, weight) in weights) weight.copy_(_averages[name]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var average in _averages.Values) average.Dispose();
    }
}
