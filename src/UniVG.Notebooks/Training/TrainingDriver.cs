using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Runs;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Training;

/// <summary>Takes steps of a run below a cell: a live panel, samples in between, the adapter file at the end.</summary>
/// <param name="session">The session, whose present run it is.</param>
/// <param name="host">Where to show things.</param>
/// <param name="run">The run to drive.</param>
/// <param name="recorder">Told of what the run itself does not tell: samples, and what is done other than steps; null for nobody.</param>
internal sealed class TrainingDriver(UniVGSession session, INotebookHost host, FineTuningRun run, RunRecorder? recorder = null)
{
    private const int SamplesAtATime = 4;

    private readonly TrainingFeed _feed = new(run, AdapterCard.Title(run.Adapter.Config)) { Awaited = AwaitedSamples(run) };
    private readonly SampleFiles _sampleFiles = new(session, host.NotebookFolder);
    private bool _toldOfColor;
    private bool _toldOfLatents;

    /// <summary>How the run ended or stands.</summary>
    public TrainingStatus Status { get; private set; } = TrainingStatus.Failed;

    /// <summary>Where the adapter or the state is, and how to go on.</summary>
    public string? Note { get; private set; }

    /// <summary>Takes up to <paramref name="steps"/> steps. However it ends, the panel is left in a final state.</summary>
    public async Task RunAsync(int steps, CancellationToken cancellation)
    {
        if (run.Step == 0)
        {
            foreach (var advice in AdapterAdvice.BeforeTraining(run.Adapter).Concat(RunAdvice.BeforeTraining(run)))
                host.Display(new MimeBundle(advice));
            await TellCostAsync(cancellation).ConfigureAwait(false);
        }

        if (Keeper.LogFolder is { } log) host.Display(new MimeBundle($"TensorBoard's log: {log}"));
        if (session.TakePlotlyTurn()) host.Display(PlotlyBootstrap.Create());
        var display = host.Display(TrainingPanel.Create(_feed.State(TrainingStatus.Running)));
        using var live = new LiveDisplay<TrainingFeed>(display, feed => TrainingPanel.Create(feed.State(TrainingStatus.Running)));
        Keeper.Saved += _feed.AddSave;
        Keeper.Failed += _feed.Warn;
        try
        {
            await TakeStepsAsync(steps, live, cancellation).ConfigureAwait(false);
            (Status, Note) = run.IsFinished ? (TrainingStatus.Finished, Save()) : (TrainingStatus.Stopped, HowToGoOn());
        }
        catch (OperationCanceledException)
        {
            (Status, Note) = (TrainingStatus.Stopped, $"{HowToGoOn()} {WhereTheStateIs()}".TrimEnd());
            throw;
        }
        catch (Exception e)
        {
            var told = e as UniVGException ?? DeviceFailure.ExplainNative(e);
            Note = $"{told?.Message ?? $"{e.GetType().Name}: {e.Message}"} {WhereTheStateIs()}".TrimEnd();
            if (told is null) throw;
            throw Note == e.Message ? told : new UniVGException(Note, e);
        }
        finally
        {
            try
            {
                Keeper.WriteRecords();
            }
            finally
            {
                Keeper.Saved -= _feed.AddSave;
                Keeper.Failed -= _feed.Warn;
                live.Dispose();
                NativeHeap.GiveBack();
                display.Update(TrainingPanel.Create(_feed.State(Status, Note)));
            }
        }
    }

    private async Task TellCostAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var note in CostNote.Of(run, await run.EstimateCostAsync(cancellation).ConfigureAwait(false))) host.Display(new MimeBundle(note));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The steps are interrupted, too, and the panel shows it.
        }
    }

    private async Task TakeStepsAsync(int steps, LiveDisplay<TrainingFeed> live, CancellationToken cancellation)
    {
        var end = run.Step + Math.Min(steps, run.TotalSteps - run.Step);
        while (run.Step < end)
        {
            await run.StepAsync(
                StepsUntilSamples(end - run.Step),
                _ =>
                {
                    _feed.Activity = null;
                    live.Post(_feed);
                },
                (done, total) =>
                {
                    _feed.Activity = $"encoding images {done}/{total}";
                    recorder?.Activity(_feed.Activity);
                    live.Post(_feed);
                },
                cancellation).ConfigureAwait(false);
            TellOfLatents();
            if (run.Config.SampleEvery > 0 && run.Step % run.Config.SampleEvery == 0) await DrawSamplesAsync(live, cancellation).ConfigureAwait(false);
        }
    }

    private void TellOfLatents()
    {
        if (_toldOfLatents || run.Latents.Found == 0) return;
        _toldOfLatents = true;
        host.Display(new MimeBundle($"Latents of {run.Latents.Found} images were found on disk, {run.Latents.Encoded} images were encoded."));
    }

    private async Task DrawSamplesAsync(LiveDisplay<TrainingFeed> live, CancellationToken cancellation)
    {
        _feed.Activity = "drawing samples";
        recorder?.Activity(_feed.Activity);
        live.Post(_feed);
        var request = new ImageRequest
        {
            Prompt = run.Config.SamplePrompt ?? session.DefaultPrompt,
            Count = SamplesAtATime,
            GuidanceScale = session.RequireModel().SuggestedGuidance,
            ClipSkip = run.Config.ClipSkip,
            PromptChunks = run.Config.PromptChunks,
        };
        var images = await ImageDrawing.DrawAsync(run.Model, request, onStep: null, cancellation).ConfigureAwait(false);
        var saved = _sampleFiles.SaveOfRun(images, request, run, Keeper.Files);
        if (_sampleFiles.Fault is { } fault) _feed.Warn(fault);
        var samples = new SampleSet(run.Step, saved.Images) { Prompt = request.Prompt };
        _feed.Add(samples);
        recorder?.Samples(samples, saved.Files);
        _feed.Activity = null;
        if (!_toldOfColor && GrayCheck.Note(run.Dataset, images) is { } note)
        {
            _toldOfColor = true;
            host.Display(new MimeBundle($"Step {run.Step}: {note}"));
        }
    }

    // As large and as many as those that will come, so that the page does not move then.
    private static SampleSet? AwaitedSamples(FineTuningRun run)
    {
        var every = run.Config.SampleEvery;
        if (every <= 0) return null;
        var blank = new RgbImage(run.Model.DefaultSize, run.Model.DefaultSize);
        return new SampleSet((run.Step / every + 1) * every, [.. Enumerable.Range(0, SamplesAtATime).Select(i => new GridImage(blank, $"seed {i}", "not drawn yet"))]);
    }

    private int StepsUntilSamples(int limit) =>
        run.Config.SampleEvery is > 0 and var every ? Math.Min(limit, every - (run.Step % every)) : limit;

    private string Save()
    {
        var saved = session.SaveAdapter();
        _feed.AddSave(run.Step, saved.Path);
        recorder?.Saved(run.Step, saved.Path);
        return $"Saved {saved.Path} ({DisplayFormat.Bytes(saved.Bytes)}). {AdapterAdvice.AfterSaving(run.Adapter)}".TrimEnd();
    }

    private RunKeeper Keeper { get; } = session.Keeper!;

    // Whatever ended the run, it can be taken up again from its last good step; unless another took its place, and its tensors are gone.
    private string WhereTheStateIs() => !run.IsDisposed && Keeper.Saver.SaveState(run) is { } state
        ? $"The state after step {run.Step} is in {state}: '#!univg resume {state}' takes it up, now or in another session."
        : "";

    private string HowToGoOn() => run.IsDisposed
        ? $"Stopped after step {run.Step} of {run.TotalSteps}, as the run was replaced or disposed."
        : $"Stopped after step {run.Step} of {run.TotalSteps}; '#!univg train' or '#!univg step N' goes on, '#!univg save' writes the adapter as it is.";
}
