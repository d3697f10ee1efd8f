namespace UniVG.Finetuning.Training;

/// <summary>What one optimizer step did.</summary>
/// <param name="Step">The step's number, from 1.</param>
/// <param name="TotalSteps">How many steps the run plans.</param>
/// <param name="Epoch">The epoch the step belongs to, from 1.</param>
/// <param name="Loss">The mean loss of the step's batch.</param>
/// <param name="LearningRate">The UNet's learning rate in this step.</param>
/// <param name="TextEncoderLearningRate">The text encoder's learning rate in this step; 0 when it is not trained.</param>
/// <param name="Seconds">How long the step took.</param>
public sealed record StepReport(
    int Step, int TotalSteps, int Epoch, double Loss, double LearningRate, double TextEncoderLearningRate, double Seconds);
