using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;

namespace UniVG.Notebooks.Session;

/// <summary>A run that goes on from a saved state.</summary>
/// <param name="Run">The run.</param>
/// <param name="State">Where it goes on from.</param>
/// <param name="PassedOver">Newer states that cannot be used, and why; a sentence each.</param>
public sealed record ResumedRun(FineTuningRun Run, StateFolder State, IReadOnlyList<string> PassedOver);
