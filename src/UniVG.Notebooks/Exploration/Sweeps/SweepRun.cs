using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Exploration.Sweeps;

/// <summary>One run of a sweep.</summary>
/// <param name="Name">Its name, and that of its folder: what tells it from the others, such as <c>dim4-lr1e-4</c>.</param>
/// <param name="Values">The settings that differ among the runs, with its values.</param>
/// <param name="Adapter">Its adapter.</param>
/// <param name="Training">Its training.</param>
public sealed record SweepRun(string Name, IReadOnlyList<KeyValuePair<string, string>> Values, AdapterConfig Adapter, TrainingConfig Training)
{
    /// <summary>Why its settings are impossible together, in a sentence; null where they are not. Such a run is not trained.</summary>
    public string? Fault { get; init; }
}
