namespace UniVG.Finetuning.Training;

/// <summary>Is told of the steps of a run, whoever drives it: saves, logs.</summary>
public interface IRunObserver
{
    /// <summary>A step was taken. Called on the training thread; the run stands still meanwhile and may be read and saved.</summary>
    /// <param name="run">The run.</param>
    /// <param name="report">The step.</param>
    void OnStep(FineTuningRun run, StepReport report);

    /// <summary>The validation loss was measured, as <see cref="OnStep"/>.</summary>
    /// <param name="run">The run.</param>
    /// <param name="point">The measurement.</param>
    void OnValidation(FineTuningRun run, ValidationPoint point)
    {
    }
}
