using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Exploration;

/// <summary>Compares runs, see <see cref="SessionExploration.CompareAsync"/>.</summary>
/// <param name="session">The session, whose model draws the samples.</param>
/// <param name="onProgress">Told what is being done.</param>
/// <param name="cancellation">Looked at between the steps of the sampler.</param>
internal sealed class RunComparer(UniVGSession session, Action<string>? onProgress, CancellationToken cancellation)
{
    private const string DrawingAdvice = "draw fewer (--count) or smaller (--size) pictures";

    private readonly List<string> _notes = [];

    /// <summary>Compares runs; draws with each adapter where a request is given.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="request">What to draw.</param>
    /// <param name="notes">What is known to be missing.</param>
    public async Task<RunComparison> CompareAsync(IReadOnlyList<RunRecord> runs, ImageRequest? request, IReadOnlyList<string> notes)
    {
        _notes.AddRange(notes);
        var comparison = new RunComparison(runs) { Notes = _notes };
        if (request is null) return comparison;
        request.Validate();
        var samples = new List<RunSamples>();
        using (SoloAdapter.None(session)) samples.Add(new RunSamples(Run: null, Step: 0, await DrawAsync(request, "without adapter").ConfigureAwait(false)));
        foreach (var run in runs)
        {
            try
            {
                var (adapter, step) = Wear(run);
                if (adapter is null) continue;
                using (adapter) samples.Add(new RunSamples(run.Name, step, await DrawAsync(request, run.Name).ConfigureAwait(false)));
            }
            catch (Exception e) when ((e as UniVGException ?? DeviceFailure.ExplainNative(e, DrawingAdvice)) is { } told)
            {
                Without(run, told.Message.TrimEnd('.'));
            }
        }

        return comparison with { Request = request, Samples = samples };
    }

    private Task<IReadOnlyList<Diffusion.Images.RgbImage>> DrawAsync(ImageRequest request, string what) => ImageDrawing.DrawAsync(
        session.RequireModel().Pipeline, request, step => onProgress?.Invoke($"drawing, {what}: step {step.Index + 1}/{step.Count}"), cancellation);

    private (SoloAdapter? Adapter, int Step) Wear(RunRecord run)
    {
        if (run.Run is { } own && own == session.Run && own.Step > 0) return (SoloAdapter.Own(session, scale: 1), own.Step);
        if (run.IsReplaced) return Without(run, "a later run has taken its files' names");
        if (run.Checkpoints is not [.., var newest]) return Without(run, "it has saved no adapter");
        return (SoloAdapter.OfFile(session, newest.Path, scale: 1), newest.Step);
    }

    private (SoloAdapter? Adapter, int Step) Without(RunRecord run, string why)
    {
        _notes.Add($"No samples of {run.Name}: {why}.");
        return (null, 0);
    }
}
