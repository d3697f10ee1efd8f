using System.Globalization;
using System.Text;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Training.Logs;

/// <summary>A run's history as a table (CSV), one line a step; the validation loss stands where it was measured. Numbers read back as exactly what they were.</summary>
public static class HistoryTable
{
    private const string Header = "step,epoch,loss,loss_average,lr_unet,lr_text_encoder,seconds,validation_loss";

    /// <summary>Writes the table of all steps so far, in place of the one that was there.</summary>
    /// <exception cref="UniVGException">The file cannot be written.</exception>
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

    /// <summary>Reads a table that <see cref="Write"/> wrote.</summary>
    /// <returns>The steps, which count as all that were planned; and the validation losses, of which the one before the first step is in no table.</returns>
    /// <exception cref="UniVGException">The file cannot be read, or is no such table; the message names the line.</exception>
    public static (IReadOnlyList<StepReport> Steps, IReadOnlyList<ValidationPoint> Validation) Read(string path)
    {
        var lines = ReadLines(path);
        if (lines.Length == 0 || lines[0] != Header) throw new UniVGException($"'{path}' is no history of a run: its first line is not '{Header}'.");
        var (steps, validation) = (new List<StepReport>(), new List<ValidationPoint>());
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length == 0) continue;
            var cells = lines[i].Split(',');
            if (cells.Length != 8 || !int.TryParse(cells[0], CultureInfo.InvariantCulture, out var step) || !int.TryParse(cells[1], CultureInfo.InvariantCulture, out var epoch)
                || Number(cells[2]) is not { } loss || Number(cells[4]) is not { } rate || Number(cells[5]) is not { } textRate || Number(cells[6]) is not { } seconds)
                throw new UniVGException($"Line {i + 1} of '{path}' is no step of a run: '{lines[i]}'.");
            steps.Add(new StepReport(step, lines.Length - 1, epoch, loss, rate, textRate, seconds));
            if (Number(cells[7]) is { } heldOut) validation.Add(new ValidationPoint(step, heldOut));
        }

        return (steps, validation);
    }

    private static double? Number(string cell) => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"'{path}' cannot be read: {e.Message}", e);
        }
    }
}
