using System.Security.Cryptography;
using System.Text.Json;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Logs;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Exploration.Sweeps;

/// <summary>Trains the runs of a sweep one after the other; what is done already is not done again.</summary>
/// <param name="session">The session, whose own adapter they take the place of.</param>
/// <param name="request">What to try.</param>
/// <param name="onProgress">Told how far it is, from any thread; must return quickly.</param>
/// <param name="cancellation">Looked at before each step.</param>
internal sealed class SweepRunner(UniVGSession session, SweepRequest request, Action<SweepProgress> onProgress, CancellationToken cancellation)
{
    private readonly List<Planned> _runs = [];
    private SweepRecord _record = null!; // opened before the first run
    private SweepCriterion _criterion;
    private double _seconds;
    private int _stepsTimed;

    /// <summary>Trains what is not done yet, and leaves the best run's adapter in the session.</summary>
    public async Task<SweepResult> RunAsync()
    {
        session.RequireIdle();
        Prepare();
        session.RequireKept("a sweep");
        foreach (var run in _runs) _record.Write(run.Run.Name, run.Fingerprint, run.Outcome);
        foreach (var run in _runs)
        {
            if (run.Outcome is null) await TrainAsync(run).ConfigureAwait(false);
            if (run.Outcome is { Fault: null } outcome && request.Real is { } real && outcome.MeasuredBy != MeasuredBy(real)) await MeasureAsync(run, outcome, real).ConfigureAwait(false);
        }

        var result = Result();
        if (result.Best is { } best && !IsOf(best.Run)) session.LoadAdapter(best.Outcome.Path, discard: true);
        return result;
    }

    private void Prepare()
    {
        var (model, dataset) = (session.RequireModel(), session.RequireDataset());
        _criterion = Criterion(hasValidation: dataset.Validation is not null);
        if (request.Real is { } real) EvaluationReference.RequireEnough(ImageFolder.Read(InputPath.Find(real), cancellation).Images.Count);
        var plan = SweepPlan.Of(request, session.Configuration, model, cancellation);
        _record = SweepRecord.Open(request.Folder);
        foreach (var run in plan)
        {
            var definition = RunDescription.Of(session, run.Training, Output(run), new SaveSchedule(), new LogOptions()) with { Adapter = run.Adapter, AdapterSeed = run.Training.Seed };
            var fingerprint = Fingerprint(definition);
            if (!request.Overwrite && _record.IsOther(run.Name, fingerprint))
                throw new UniVGException($"'{request.Folder}' holds a sweep whose run {run.Name} was of other settings, model or dataset; choose another --output, or add --overwrite.");
            var steps = run.Fault is null ? FineTuningRun.Plan(dataset, run.Training).TotalSteps : 0;
            _runs.Add(new Planned(run, fingerprint, steps)
            {
                Outcome = run.Fault is { } fault ? OutcomeOf(run: null) with { Fault = fault }
                    : !request.Overwrite && _record.Find(run.Name, fingerprint) is { } done && (done.Fault is not null || File.Exists(done.Path)) ? done : null,
                IsOurs = request.Overwrite || _record.Knows(run.Name),
            });
        }
    }

    private async Task TrainAsync(Planned planned)
    {
        Report(planned, "preparing");
        FineTuningRun? run = null;
        try
        {
            run = Resume(planned) ?? session.Finetune(
                planned.Run.Adapter, planned.Run.Training, Output(planned.Run) with { Overwrite = planned.IsOurs }, request.Saves);
            await run.RunToEndAsync(
                step =>
                {
                    (_seconds, _stepsTimed) = (_seconds + step.Seconds, _stepsTimed + 1);
                    Report(planned, activity: null, step);
                },
                (done, total) => Report(planned, $"encoding images {done}/{total}"), cancellation).ConfigureAwait(false);
            var saved = session.SaveAdapter();
            Done(planned, OutcomeOf(run) with { Path = saved.Path, Bytes = saved.Bytes });
        }
        catch (OperationCanceledException)
        {
            if (run is not null) session.Keeper!.Saver.SaveState(run);
            throw;
        }
        catch (UniVGException e) when (run is { HasFailed: true })
        {
            Done(planned, OutcomeOf(run) with { Fault = e.Message });
        }
        catch (Exception e) when (!DeviceFailure.IsLost(e))
        {
            if (run is not null) session.Keeper!.Saver.SaveState(run);
            GiveUp(planned, OutcomeOf(run), e);
        }
    }

    // Memory may be free and a disk have room another time, so this is not written down, and the same sweep tries it again.
    private void GiveUp(Planned planned, SweepOutcome outcome, Exception why)
    {
        var told = why as UniVGException ?? DeviceFailure.ExplainNative(why);
        planned.Outcome = outcome with { Fault = $"{told?.Message ?? $"{why.GetType().Name}: {why.Message}"} The same sweep tries it again." };
        Report(planned, activity: null);
    }

    // A state is worth more than the beginning, where it is of the same run and whole.
    private FineTuningRun? Resume(Planned planned)
    {
        var folder = Path.GetDirectoryName(Output(planned.Run).Path)!;
        if (!planned.IsOurs || request.Overwrite || StateFolder.AllIn(folder).FirstOrDefault() is not { } state || Fingerprint(state.State.Origin.Definition) != planned.Fingerprint) return null;
        try
        {
            return session.ResumeRun(folder).Run;
        }
        catch (UniVGException)
        {
            return null;
        }
    }

    private async Task MeasureAsync(Planned planned, SweepOutcome outcome, string real)
    {
        Report(planned, "measuring samples");
        try
        {
            if (!IsOf(planned.Run)) session.LoadAdapter(outcome.Path, discard: true);
            var evaluation = await session.EvaluateAsync(real, request.Evaluation, text => Report(planned, text), cancellation).ConfigureAwait(false);
            Done(planned, outcome with { Distance = evaluation.Samples.Kernel.Value, MeasuredBy = MeasuredBy(real) });
        }
        catch (Exception e) when (e is not OperationCanceledException && !DeviceFailure.IsLost(e))
        {
            GiveUp(planned, outcome, e);
        }
    }

    private void Done(Planned planned, SweepOutcome outcome)
    {
        planned.Outcome = outcome;
        _record.Write(planned.Run.Name, planned.Fingerprint, outcome);
        Report(planned, activity: null);
    }

    private static SweepOutcome OutcomeOf(FineTuningRun? run) => new()
    {
        Path = "",
        Steps = run?.Step ?? 0,
        Loss = run?.History.MeanLoss(50) ?? double.NaN,
        ValidationLoss = run?.History.LastValidation?.Loss,
        Parameters = run?.Adapter.ParameterCount ?? 0,
        Seconds = run?.History.Snapshot().Sum(step => step.Seconds) ?? 0,
    };

    private void Report(Planned planned, string? activity, StepReport? step = null)
    {
        var done = _runs.Where(run => run.Outcome is not null && run != planned).Sum(run => run.Steps) + (planned.Outcome is null ? step?.Step ?? 0 : planned.Steps);
        var all = _runs.Sum(run => run.Steps);
        TimeSpan? remaining = _stepsTimed == 0 ? null : TimeSpan.FromSeconds(_seconds / _stepsTimed * (all - done));
        onProgress(new SweepProgress(Result(), planned.Run, activity, step, done, all, remaining));
    }

    private SweepResult Result() => new(request.Folder, _criterion, [.. _runs.Select(run => (run.Run, run.Outcome))]);

    private bool IsOf(SweepRun run) => session.Keeper is { } keeper && Path.GetFullPath(keeper.Files.FinishedAdapter) == Path.GetFullPath(Output(run).Path);

    private AdapterOutput Output(SweepRun run) => new(Path.Combine(request.Folder, run.Name, AdapterOutput.DefaultName(run.Adapter) + AdapterOutput.Extension), Overwrite: false);

    private SweepCriterion Criterion(bool hasValidation) => request.Criterion switch
    {
        SweepCriterion.KernelDistance when request.Real is null => throw new UniVGException("--by distance needs real pictures to measure by; name their folder with --evaluate."),
        SweepCriterion.ValidationLoss when !hasValidation => throw new UniVGException("--by validation needs held-out images, and the dataset has none; read it with --validation 0.2, or leave --by out."),
        { } asked => asked,
        null => request.Real is not null ? SweepCriterion.KernelDistance : hasValidation ? SweepCriterion.ValidationLoss : SweepCriterion.TrainingLoss,
    };

    private string MeasuredBy(string real) => $"{Path.GetFullPath(InputPath.Find(real))} {JsonSerializer.Serialize(request.Evaluation ?? new EvaluationRequest(), RunJson.Compact)}";

    // Where a run is kept and how often it is saved does not change what it learns.
    private static string Fingerprint(RunDefinition definition) => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(
        definition with { Files = null, Overwrite = false, Saves = new SaveSchedule(), Logs = new LogOptions(), SavePrecision = "" }, RunJson.Compact)));

    private sealed class Planned(SweepRun run, string fingerprint, int steps)
    {
        public SweepRun Run => run;

        public string Fingerprint => fingerprint;

        public int Steps => steps;

        public SweepOutcome? Outcome { get; set; }

        public required bool IsOurs { get; init; }
    }
}
