using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Exploration.Sweeps;

/// <summary>How far a sweep is.</summary>
/// <param name="Result">The runs that are done, and those to come.</param>
/// <param name="Current">The run at work; null where none is.</param>
/// <param name="Activity">What is being done other than steps; null while stepping.</param>
/// <param name="Last">The newest step of the run at work.</param>
/// <param name="StepsDone">Steps of all runs that are taken.</param>
/// <param name="StepsPlanned">Steps of all runs.</param>
/// <param name="Remaining">How long the rest takes at the present speed; null where that is not known yet.</param>
public sealed record SweepProgress(
    SweepResult Result, SweepRun? Current, string? Activity, StepReport? Last, int StepsDone, int StepsPlanned, TimeSpan? Remaining);
