using UniVG.Diffusion;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Exploration;

/// <summary>Looks at runs side by side: <c>univg.FindRuns()</c>, <c>univg.CompareAsync("a", "b")</c>.</summary>
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
        var catalog = RunCatalog.Of(session);
        var found = runs.Count == 0 ? catalog.OfSession() : [.. runs.SelectMany(catalog.Find).DistinctBy(run => run.Name)];
        if (found.Count < 2)
        {
            throw new UniVGException(runs.Count == 0
                ? "This session has fewer than two runs; name those to compare, '#!univg runs' lists them."
                : $"'{string.Join(' ', runs)}' is one run; name another to compare it with, or a folder with several.");
        }

        session.RequireIdle();
        return new RunComparer(session, onProgress, cancellation).CompareAsync(found, request);
    }
}
