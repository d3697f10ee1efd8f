using System.Diagnostics;
using System.Runtime.InteropServices;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;

namespace UniVG.Finetuning.Training.State;

/// <summary>
/// Saves a run while it trains, as its <see cref="SaveSchedule"/> says. A save that fails, on a full disk for example, becomes a
/// warning and training goes on: the run in memory is worth more than a file.
/// </summary>
/// <param name="files">The files to write.</param>
/// <param name="schedule">When.</param>
/// <param name="origin">Gives what the run began with, for a state.</param>
/// <param name="saveAdapter">Writes the adapter of the run to a file.</param>
public sealed class RunSaver(RunFiles files, SaveSchedule schedule, Func<RunOrigin> origin, Action<FineTuningRun, string> saveAdapter) : IRunObserver
{
    // What a file needs besides its tensors.
    private const long Slack = 1 << 20;

    private readonly List<string> _states = [];
    private readonly HashSet<string> _written = [];
    private long _lastState = Stopwatch.GetTimestamp();

    /// <summary>Told of each adapter file and state folder that was written, on the training thread.</summary>
    public event Action<int, string>? Saved;

    /// <summary>Told of each save that failed: one sentence, on the training thread.</summary>
    public event Action<string>? Failed;

    /// <summary>The files.</summary>
    public RunFiles Files => files;

    /// <summary>What was written so far, whether it is still there or not.</summary>
    public IReadOnlyCollection<string> Written => _written;

    /// <summary>When the run is saved.</summary>
    public SaveSchedule Schedule => schedule;

    /// <summary>Finds out before a long training whether the disk has room for what the schedule will write.</summary>
    /// <param name="run">The run.</param>
    /// <exception cref="UniVGException">It has not.</exception>
    public void EnsureSpace(FineTuningRun run)
    {
        var folder = Path.GetFullPath(files.Folder);
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } parent) folder = parent;
        var needed = SpaceNeeded(run);
        var free = new DriveInfo(folder).AvailableFreeSpace;
        if (free >= needed) return;
        throw new UniVGException(FormattableString.Invariant(
            $"The run will write about {needed / 1e6:N0} MB to '{files.Folder}', and {free / 1e6:N0} MB are free there; free some, choose another --output, save less often, or keep fewer states."));
    }

    /// <summary>The bytes that the schedule will have written at most at one time: all adapters, and the states kept while a new one is written.</summary>
    public long SpaceNeeded(FineTuningRun run)
    {
        var adapters = schedule.CountAdapters(run.StepsPerEpoch, run.TotalSteps);
        var keepsStates = schedule.EverySteps > 0 || schedule.EveryEpochs > 0;
        var states = 1 + (!keepsStates ? 0 : schedule.KeepStates == 0 ? adapters : Math.Min(adapters, schedule.KeepStates));
        var adapterBytes = (run.Adapter.ParameterCount * 2) + Slack;
        var stateBytes = (run.Adapter.ParameterCount * 4) + run.Optimizer.StateTensors().Values.Sum(tensor => tensor.numel() * tensor.ElementSize) + Slack;
        return (adapters * adapterBytes) + (states * stateBytes);
    }

    /// <inheritdoc/>
    public void OnStep(FineTuningRun run, StepReport report)
    {
        var atStep = schedule.IsDueAtStep(report.Step);
        var epoch = schedule.EpochDueAt(report.Step, run.StepsPerEpoch, run.TotalSteps);
        if (atStep) TrySaveAdapter(run, files.AdapterAtStep(report.Step));
        if (epoch is { } ended) TrySaveAdapter(run, files.AdapterAtEpoch(ended));
        if (atStep) TrySaveState(run, files.StateAtStep(report.Step));
        else if (epoch is { } e) TrySaveState(run, files.StateAtEpoch(e));
        else if (IsStateOverdue(run)) TrySaveState(run, files.StateAtStep(report.Step));
    }

    /// <summary>Writes the state as it is now, for example because the run was interrupted.</summary>
    /// <returns>The folder; null where the save failed, which <see cref="Failed"/> was told, or where no step was taken yet.</returns>
    public string? SaveState(FineTuningRun run)
    {
        if (run.Step == 0) return null;
        var path = files.StateAtStep(run.Step);
        return StateFolder.Peek(path) is { } there && there.RunId == run.Id && there.Step == run.Step
            || TrySaveState(run, path, FormattableString.Invariant($"the state after step {run.Step} is not saved")) ? path : null;
    }

    /// <summary>Writes the state as it is now to any folder, also before the first step.</summary>
    /// <exception cref="UniVGException">It cannot be written.</exception>
    public void WriteState(FineTuningRun run, string folder) => StateFolder.Write(folder, run, origin());

    private bool IsStateOverdue(FineTuningRun run) =>
        schedule.StateMinutes > 0 && !run.IsFinished && Stopwatch.GetElapsedTime(_lastState) >= TimeSpan.FromMinutes(schedule.StateMinutes);

    private void TrySaveAdapter(FineTuningRun run, string path) => Try(run, path, () => saveAdapter(run, path));

    private bool TrySaveState(FineTuningRun run, string path, string? consequence = null)
    {
        // Before the attempt: on a full disk the next one is a whole interval away, too.
        _lastState = Stopwatch.GetTimestamp();
        return Try(run, path, () =>
        {
            StateFolder.Write(path, run, origin());
            Forget(run, path);
        }, consequence);
    }

    private bool Try(FineTuningRun run, string path, Action save, string? consequence = null)
    {
        try
        {
            save();
            _written.Add(path);
            Saved?.Invoke(run.Step, path);
            return true;
        }
        catch (Exception e) when (e is UniVGException or IOException or UnauthorizedAccessException or ExternalException)
        {
            // A GPU that has failed does not give its tensors back.
            var why = e is ExternalException ? DeviceFailure.FirstLine(e) : e.Message.TrimEnd('.');
            Failed?.Invoke($"{why}; {consequence ?? FormattableString.Invariant($"training goes on (step {run.Step})")}.");
            return false;
        }
    }

    // Also those of before a resume: they are found by the run's id.
    private void Forget(FineTuningRun run, string newest)
    {
        _states.Remove(newest);
        _states.Add(newest);
        if (schedule.KeepStates == 0) return;
        if (_states.Count == 1) _states.InsertRange(0, EarlierStates(run, newest));
        while (_states.Count > schedule.KeepStates)
        {
            if (Directory.Exists(_states[0])) Directory.Delete(_states[0], recursive: true);
            _states.RemoveAt(0);
        }
    }

    private IEnumerable<string> EarlierStates(FineTuningRun run, string newest) => StateFolder.AllIn(Path.GetFullPath(files.Folder))
        .Where(found => found.State.RunId == run.Id && Path.GetFullPath(found.Path) != Path.GetFullPath(newest))
        .Select(found => found.Path)
        .Reverse();
}
