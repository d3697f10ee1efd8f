using System.Globalization;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Files;

namespace UniVG.Finetuning.Training.Logs;

/// <summary>Writes a run's figures for TensorBoard, under kohya's names and in kohya's folders.</summary>
public sealed class TensorBoardLog : IRunObserver, IDisposable
{
    // kohya's name of the tracker, below the run's folder.
    private const string Tracker = "network_train";

    private readonly string _folder;
    private readonly int _firstStep;
    private TensorBoardFile? _file;
    private readonly EpochAverage _average;
    private bool _hasFailed;

    /// <summary>Begins the log, or goes on with that of a run that is resumed.</summary>
    /// <param name="run">The run.</param>
    /// <param name="options">Where; the folder is given.</param>
    /// <exception cref="UniVGException">The folder cannot be written to.</exception>
    public TensorBoardLog(FineTuningRun run, LogOptions options)
    {
        var began = run.StartedAt.ToLocalTime().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        _folder = Path.Combine(options.Folder!, options.Prefix + began, Tracker);
        _firstStep = run.Step + 1;
        AdapterFile.EnsureWritable(Path.Combine(_folder, "events"), overwrite: false);
        _average = new EpochAverage(run.StepsPerEpoch);
        foreach (var step in run.History.Snapshot()) _average.Add(step.Step, step.Loss);
    }

    /// <summary>Told, once, that the log cannot be written to any more: one sentence, on the training thread.</summary>
    public event Action<string>? Failed;

    /// <summary>The folder of the event file, which comes with the first figures.</summary>
    public string Folder => _folder;

    /// <inheritdoc/>
    public void OnStep(FineTuningRun run, StepReport report)
    {
        _average.Add(report.Step, report.Loss);
        Write(report.Step, Scalars(report));
        if (report.Step % run.StepsPerEpoch == 0) Write(report.Epoch, [new("loss/epoch_average", _average.Value)]);
    }

    /// <inheritdoc/>
    public void OnValidation(FineTuningRun run, ValidationPoint point) => Write(
        point.Step,
        [
            new("loss/validation/step_average", point.Loss),
            .. point.Step == 0 ? [] : (KeyValuePair<string, double>[])[new("loss/validation/step_divergence", point.Loss - _average.Value)],
        ]);

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private void Write(long step, IEnumerable<KeyValuePair<string, double>> scalars)
    {
        if (_hasFailed) return;
        try
        {
            _file ??= new TensorBoardFile(_folder, _firstStep);
            _file.Write(step, scalars);
            _file.Flush();
        }
        catch (Exception e) when (e is IOException or UniVGException)
        {
            _hasFailed = true;
            Failed?.Invoke($"The log in '{_folder}' cannot be written to any more ({e.Message.TrimEnd('.')}); training goes on without it (step {step}).");
        }
    }

    private Dictionary<string, double> Scalars(StepReport report)
    {
        var scalars = new Dictionary<string, double> { ["loss/current"] = report.Loss, ["loss/average"] = _average.Value };
        if (report.TextEncoderLearningRate > 0) scalars["lr/textencoder"] = report.TextEncoderLearningRate;
        scalars["lr/unet"] = report.LearningRate;
        return scalars;
    }
}
