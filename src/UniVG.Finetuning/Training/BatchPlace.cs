namespace UniVG.Finetuning.Training;

/// <summary>Where in a run a batch is.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Step">The optimizer step, from 0.</param>
/// <param name="Part">Which of the step's batches it is, from 0; always 0 without gradient accumulation.</param>
/// <param name="TotalSteps">The planned number of steps.</param>
internal readonly record struct BatchPlace(int Epoch, int Step, int Part, int TotalSteps);
