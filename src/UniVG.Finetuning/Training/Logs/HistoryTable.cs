using System.Globalization;
using System.Text;
using UniVG.Diffusion.Checkpoints;

namespace UniVG.Finetuning.Training.Logs;

/// <summary>A run's history as a table (CSV), one line a step; the validation loss stands where it was measured. Numbers read back as exactly what they were.</summary>
public static class HistoryTable
{
    private const string Header = "step,epoch,loss,loss_average,lr_unet,lr_text_encoder,seconds,validation_loss";

    /// <summary>Writes the table of all steps so far, in place of the one that was there.</summary>
    /// <exception cref="Diffusion.UniVGException">The file cannot be written.</exception>
    public static void Write(string path, FineTuningRun run)
    {
        var text = new StringBuilder(Header).Append('\n');
        var average = new EpochAverage(run.StepsPerEpoch);
        var validation = run.History.Validation.ToDictionary(point => point.Step, point => point.Loss);
        foreach (var step in run.History.Snapshot())
        {
            average.Add(step.Step, step.Loss);
            text.Append(CultureInfo.InvariantCulture, $"{step.Step},{step.Epoch},{step.Loss:R},{average.Value:R},");
            text.Append(CultureInfo.InvariantCulture, $"{step.LearningRate:R},{step.TextEncoderLearningRate:R},{step.Seconds:R},");
            if (validation.TryGetValue(step.Step, out var loss)) text.Append(CultureInfo.InvariantCulture, $"{loss:R}");
            text.Append('\n');
        }

        AtomicFile.WriteText(path, text.ToString());
    }
}
