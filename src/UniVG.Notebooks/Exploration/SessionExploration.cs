using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Sampling;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Exploration;
using UniVG.Notebooks.Exploration.Grids;
using UniVG.Notebooks.Exploration.Sweeps;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Exploration;

/// <summary>Draws, finds, compares and tries: <c>univg.SampleAsync(…)</c>, <c>univg.FindRuns()</c>, <c>univg.CompareAsync(["a", "b"])</c>, <c>univg.SweepAsync(…)</c>.</summary>
public static class SessionExploration
{
    /// <summary>The runs of the session and those in an output folder and below, each with its history and settings.</summary>
    /// <param name="session">The session.</param>
    /// <param name="folder">The output folder; null takes the guide's.</param>
    public static IReadOnlyList<RunRecord> FindRuns(this UniVGSession session, string? folder = null) => RunCatalog.Of(session, folder).ReadAll(_ => { });

    /// <summary>Compares runs of this session and of folders: curves, differing settings, and a row of samples of each.</summary>
    /// <param name="session">The session; without a model no samples are drawn.</param>
    /// <param name="runs">Names as <c>#!univg runs</c> lists them, folders of runs, or adapter files; none for all runs of the session.</param>
    /// <param name="request">What to draw with each run's newest adapter, and without; null draws nothing.</param>
    /// <param name="onProgress">Told what is being done, on another thread.</param>
    /// <param name="cancellation">Stops the drawing.</param>
    /// <exception cref="UniVGException">A name is not known, there are fewer than two runs, or the request is impossible.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task<RunComparison> CompareAsync(
        this UniVGSession session, IReadOnlyList<string> runs, ImageRequest? request = null, Action<string>? onProgress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var catalog = RunCatalog.Of(session);
        var damaged = new List<string>();
        var found = runs.Count == 0 ? catalog.OfSession() : [.. runs.SelectMany(name => catalog.Find(name, damaged.Add)).DistinctBy(run => (run.Name, Path.GetFullPath(run.Files.FinishedAdapter)))];
        if (found.Count < 2)
        {
            throw damaged.Count > 0 ? new UniVGException(damaged[0]) : new UniVGException(runs.Count == 0
                ? "This session has fewer than two runs; name those to compare, '#!univg runs' lists them."
                : $"'{runs[0]}' is one run; name another to compare it with, or a folder with several.");
        }

        session.RequireIdle();
        return new RunComparer(session, onProgress, cancellation).CompareAsync(found, request, damaged);
    }

    /// <summary>Draws pictures with the model and the adapters that are attached, on a thread of their own.</summary>
    /// <param name="session">The session.</param>
    /// <param name="request">What to draw, such as <c>univg.NewRequest("modality") with { Count = 6, Seed = 1 }</c>.</param>
    /// <param name="scale">Multiplies the strength of all adapters; 0 shows the model without them.</param>
    /// <param name="onStep">Told of each step of the sampler, on another thread.</param>
    /// <param name="cancellation">Stops the drawing.</param>
    /// <exception cref="UniVGException">There is no model, the request is impossible, or a run is training in the background.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static async Task<IReadOnlyList<RgbImage>> SampleAsync(
        this UniVGSession session, ImageRequest request, double scale = 1, Action<SamplerStep>? onStep = null, CancellationToken cancellation = default)
    {
        var model = session.RequireModel();
        session.RequireIdle();
        ModelParts.RequireFinite(scale);
        using var scaled = session.Adapters.ScaledBy(scale);
        return await ImageDrawing.DrawAsync(model.Pipeline, request, onStep, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Draws one picture for each pair of values: saved steps of a run against strengths or seeds, by which over-training is seen. The grid
    /// is written into the folder <c>sample</c> beside the run's files.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="x">What changes from column to column, such as <c>new GridAxis("step")</c>.</param>
    /// <param name="y">What changes from row to row, such as <c>new GridAxis("scale", 0.5, 1)</c>; null for a single row.</param>
    /// <param name="request">What the pictures show where no axis says otherwise; null for the default prompt.</param>
    /// <param name="scale">The strength of the adapters where no axis gives it.</param>
    /// <param name="run">Whose saved steps are drawn; null for the present run's.</param>
    /// <param name="output">The folder in which <c>sample</c> takes the grid's file; null for the run's.</param>
    /// <param name="onProgress">Told what is being done, on another thread.</param>
    /// <param name="cancellation">Stops the drawing.</param>
    /// <exception cref="UniVGException">There is no model or no such run or step, or a value is impossible.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Task<SampleGrid> SampleGridAsync(
        this UniVGSession session, GridAxis x, GridAxis? y = null, ImageRequest? request = null, double scale = 1, string? run = null, string? output = null,
        Action<string>? onProgress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(x);
        ModelParts.RequireFinite(scale);
        return new GridDrawer(session, onProgress, cancellation).DrawAsync(request ?? session.NewRequest(), x, y, scale, run, output);
    }

    /// <summary>
    /// Tries settings: trains a run for each combination, one after the other, in a folder with a sub-folder a run, with a live panel. Called
    /// again after an interrupt, or in another session, it goes on where it was. The best run's adapter is attached at the end.
    /// </summary>
    /// <param name="session">The session, with model and dataset.</param>
    /// <param name="request">What to try, where to keep it, and by what to find the best.</param>
    /// <param name="onProgress">Told how far it is, on any thread, besides the panel; must return quickly.</param>
    /// <param name="cancellation">Stops after the present step, as interrupting the cell does.</param>
    /// <exception cref="UniVGException">Something is missing or impossible, which is found before the first step; or a file cannot be written; or every run was given up.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; the run at work has saved its state.</exception>
    public static Task<SweepResult> SweepAsync(
        this UniVGSession session, SweepRequest request, Action<SweepProgress>? onProgress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return SweepAsync(session, request, session.Host ?? new UnseenHost(cancellation), result => new MimeBundle(SweepView.Summary(result)), onProgress, cancellation);
    }

    /// <summary>Tries settings below a cell.</summary>
    /// <param name="session">The session.</param>
    /// <param name="request">What to try.</param>
    /// <param name="host">Where the panel is shown.</param>
    /// <param name="view">What takes the panel's place at the end.</param>
    /// <param name="onProgress">Told how far it is.</param>
    /// <param name="cancellation">Stops after the present step, besides the host's.</param>
    internal static async Task<SweepResult> SweepAsync(
        UniVGSession session, SweepRequest request, INotebookHost host, Func<SweepResult, MimeBundle> view, Action<SweepProgress>? onProgress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(host.CancellationToken, cancellation);
        var display = host.Display(new MimeBundle("planning the sweep"));
        SweepProgress? last = null;
        SweepResult result;
        try
        {
            using var live = new LiveDisplay<SweepProgress>(display, progress => SweepView.Live(progress));
            result = await new SweepRunner(session, request, Report, stop.Token).RunAsync().ConfigureAwait(false);
            live.Dispose();
            display.Update(view(result));

            void Report(SweepProgress progress)
            {
                live.Post(last = progress);
                onProgress?.Invoke(progress);
            }
        }
        catch
        {
            display.Update(last is null ? new MimeBundle("not begun") : SweepView.Stopped(last));
            throw;
        }

        return result.Runs.Any(one => one.Outcome?.Fault is null) ? result : throw new UniVGException(
            $"{(result.Runs.Count == 1 ? "The sweep's one run" : FormattableString.Invariant($"Each of the sweep's {result.Runs.Count} runs"))} was given up; {result.Runs[0].Run.Name}: {result.Runs[0].Outcome!.Fault}");
    }
}
