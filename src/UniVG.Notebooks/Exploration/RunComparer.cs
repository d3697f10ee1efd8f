using UniVG.Diffusion;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Exploration;

/// <summary>Compares runs, see <see cref="SessionExploration.CompareAsync"/>.</summary>
/// <param name="session">The session, whose model draws the samples.</param>
/// <param name="onProgress">Told what is being done.</param>
/// <param name="cancellation">Looked at between the steps of the sampler.</param>
internal sealed class RunComparer(UniVGSession session, Action<string>? onProgress, CancellationToken cancellation)
{
    private readonly List<string> _notes = [];

    /// <summary>Compares runs; draws with each adapter where a request is given.</summary>
    public async Task<RunComparison> CompareAsync(IReadOnlyList<RunRecord> runs, ImageRequest? request)
    {
        var comparison = new RunComparison(runs);
        if (request is null) return comparison;
        request.Validate();
        var samples = new List<RunSamples>();
        using (SoloAdapter.None(session)) samples.Add(new RunSamples(Run: null, Step: 0, await DrawAsync(request, "without adapter").ConfigureAwait(false)));
        foreach (var run in runs)
        {
            var (adapter, step) = Wear(run);
            if (adapter is null) continue;
            using (adapter) samples.Add(new RunSamples(run.Name, step, await DrawAsync(request, run.Name).ConfigureAwait(false)));
        }

        return comparison with { Request = request, Samples = samples, Notes = _notes };
    }

    private Task<IReadOnlyList<Diffusion.Images.RgbImage>> DrawAsync(ImageRequest request, string what) => ImageDrawing.DrawAsync(
        session.RequireModel().Pipeline, request, step => onProgress?.Invoke($"drawing, {what}: step {step.Index + 1}/{step.Count}"), cancellation);

    private (SoloAdapter? Adapter, int Step) Wear(RunRecord run)
    {
        if (run.Run is { } own && own == session.Run && own.Step > 0) return (SoloAdapter.Own(session, scale: 1), own.Step);
        if (run.IsReplaced) return Without(run, "a later run has taken its files' names");
        if (run.Checkpoints is not [.., var newest]) return Without(run, "it has saved no adapter");
        try
        {
            return (SoloAdapter.OfFile(session, newest.Path, scale: 1), newest.Step);
        }
        catch (UniVGException e)
        {
            return Without(run, e.Message.TrimEnd('.'));
        }
    }

    private (SoloAdapter? Adapter, int Step) Without(RunRecord run, string why)
    {
        _notes.Add($"No samples of {run.Name}: {why}.");
        return (null, 0);
    }
}
