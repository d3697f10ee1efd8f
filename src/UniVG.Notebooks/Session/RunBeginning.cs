using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Logs;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Runs;

namespace UniVG.Notebooks.Session;

/// <summary>Begins runs of a session. Whatever is wrong is found before anything is replaced.</summary>
/// <param name="session">The session.</param>
internal sealed class RunBeginning(UniVGSession session)
{
    /// <summary>Begins a run, see <see cref="UniVGSession.StartRun"/>; or, with a fresh adapter, see <see cref="UniVGSession.Finetune"/>.</summary>
    public FineTuningRun Start(TrainingConfig config, AdapterOutput? output, SaveSchedule? saves, LogOptions? logs, AdapterConfig? fresh = null)
    {
        var model = session.RequireModel();
        var dataset = session.RequireDataset();
        var adapter = fresh ?? session.RequireAdapter().Config;
        FineTuningRun.Plan(dataset, config);
        output ??= new AdapterOutput(AdapterOutput.DefaultPath(adapter), Overwrite: false);
        var files = RunFiles.Of(output.Path);
        RunFolder.RequireIdle(files);
        AdapterFile.EnsureWritable(output.Path, output.Overwrite);
        files.RequireFree(output.Overwrite, session.Present is { Run.HasFailed: true } failed ? failed.Keeper.Saver.Written : []);
        var definition = RunDescription.Of(
            session, config, output, saves ?? session.Configuration?.Saves ?? new SaveSchedule(), logs ?? session.Configuration?.Logs ?? new LogOptions());

        var source = session.Source;
        if (fresh is null && session.Run is not { Step: > 0 } && (config.Seed == source.Seed || source.IsFile))
            return session.Take(Keep(new FineTuningRun(model.Pipeline, dataset, session.Adapter!, config), definition, output));

        source = fresh is null && source.IsFile ? source : new AdapterSource(config.Seed);
        var start = source.IsFile ? ReadAgain(source) : ModelParts.CreateAdapter(model, adapter, config.Seed);
        try
        {
            var kept = Keep(new FineTuningRun(model.Pipeline, dataset, start, config), definition with { Adapter = adapter, AdapterSeed = source.Seed }, output);
            session.ReplaceOwn(source.IsFile ? session.Adapters.Own!.Name : adapter.Kind, start, source);
            return session.Take(kept);
        }
        catch
        {
            start.Dispose();
            throw;
        }
    }

    /// <summary>Begins a run with other settings, see <see cref="UniVGSession.ForkRun"/>.</summary>
    public FineTuningRun Fork(TrainingConfig config, AdapterOutput? output, bool fromStart)
    {
        ArgumentNullException.ThrowIfNull(config);
        var present = session.Present ?? throw new UniVGException("There is no run to fork; begin one with '#!univg step' or '#!univg train'.");
        if (!present.IsSaved) throw new UniVGException($"Steps up to {present.Run.Step} are not saved, and the fork changes the adapter; run '#!univg save PATH' first.");
        output ??= AdapterOutput.Beside(present.Output.Path);
        if (fromStart) return Start(config, output, saves: null, logs: null);
        AdapterFile.EnsureWritable(output.Path, output.Overwrite);
        RunFiles.Of(output.Path).RequireFree(output.Overwrite);
        var (saves, logs) = (present.Keeper.Definition.Saves, present.Keeper.Definition.Logs);
        var fork = session.Take(Keep(present.Run.Fork(config), RunDescription.Of(session, config, output, saves, logs), output));
        session.Present!.SavedStep = fork.Step;
        return fork;
    }

    /// <summary>A run that nothing was replaced for yet, with what keeps its files; where those cannot be kept, it goes again.</summary>
    public PresentRun Keep(FineTuningRun run, RunDefinition definition, AdapterOutput output, LoadedModel? model = null)
    {
        try
        {
            return new PresentRun(run, RunKeeper.Attach(run, model ?? session.RequireModel(), definition, () => RunDescription.Beside(session)), output);
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    private AdapterNetwork ReadAgain(AdapterSource source)
    {
        var start = source.File ?? throw new UniVGException(
            "The resumed run began with an adapter file that its state does not name; load that with '#!univg load FILE' to begin with it again.");
        var network = start.Read((path, options) => ModelParts.ReadAdapter(session.RequireModel(), path, options));
        network.Multiplier = session.Adapters.Own!.Scale;
        return network;
    }
}
