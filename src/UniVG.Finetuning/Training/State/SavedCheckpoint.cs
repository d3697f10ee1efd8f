namespace UniVG.Finetuning.Training.State;

/// <summary>The adapter of a run as it was after a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Path">The adapter's file.</param>
public sealed record SavedCheckpoint(int Step, string Path);
