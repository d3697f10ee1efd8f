using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Runs;

namespace UniVG.Notebooks.Session;

/// <summary>Takes up saved runs in a session. What the session holds is replaced only when all is well.</summary>
/// <param name="session">The session.</param>
internal sealed class RunRestoring(UniVGSession session)
{
    /// <summary>Takes up a run, see <see cref="UniVGSession.ResumeRun"/>.</summary>
    public ResumedRun Resume(string name)
    {
        var (found, passedOver) = RunPath.FindState(session, name);
        var definition = found.State.Origin.Definition;
        session.RequireKept("resuming another");

        // States may have been moved together with their folder.
        var files = definition.Files!;
        if (Path.GetFileName(found.Path).StartsWith(files.Name + "-", StringComparison.Ordinal)) files = files with { Folder = Path.GetDirectoryName(found.Path) ?? "" };
        files.RequireOwn(found.State);
        RunFolder.RequireIdle(files);
        if (definition.Beside.FirstOrDefault(beside => !Path.Exists(beside.Path)) is { } absent)
            throw new UniVGException($"The run was trained beside the adapter '{absent.Path}', which is not there any more; put it back to continue the run.");
        using var parts = new PreparedParts();
        var model = session.Model ?? parts.Own(ModelParts.Open(definition.ModelPath!, definition.Model));
        var dataset = session.Dataset ?? DatasetReader.Read(InputPath.Find(definition.DatasetPath!), definition.Dataset);
        var run = RunResumption.Prepare(model, dataset, found);
        parts.Own(run.Adapter);
        parts.Own(run);
        (string Name, AdapterNetwork Network)[] beside = [.. definition.Beside.Select(one => ModelParts.ReadBeside(one, model, parts))];
        var kept = new RunBeginning(session).Keep(run, definition with { Files = files }, new AdapterOutput(files.FinishedAdapter, Overwrite: true), model);

        parts.HandOver();
        session.DetachAll();
        session.Hold(model, dataset);
        session.ReplaceOwn(run.Adapter.Config.Kind, run.Adapter, new AdapterSource(definition.AdapterSeed, found.State.AdapterIsFromFile));
        foreach (var (adapter, network) in beside) session.Adapters.Add(adapter, network);
        session.Take(kept);
        return new ResumedRun(run, found, passedOver);
    }
}
