using System.Diagnostics.CodeAnalysis;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Logs;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Runs;
using static TorchSharp.torch;

namespace UniVG.Notebooks.Session;

/// <content>The session's runs: begun, resumed, forked, handed over, saved; and the configurations that they follow.</content>
public sealed partial class UniVGSession
{
    private readonly HashSet<string> _writtenByRun = [];
    private AdapterOutput? _output;

    /// <summary>
    /// Begins a run of the attached adapter on the dataset. A run that had taken steps is replaced together with its adapter: by the file
    /// that was loaded, as it was then, or else by a fresh one.
    /// </summary>
    /// <param name="config">How to train.</param>
    /// <param name="output">Where the adapter will be written; null takes the guide's file name.</param>
    /// <param name="saves">When the run saves itself; null for the default.</param>
    /// <param name="logs">Which logs it writes; null for none but the table and the configuration next to the adapter.</param>
    /// <exception cref="UniVGException">
    /// Model, dataset or adapter is missing, the configuration is impossible, or the output cannot be written, would overwrite what an
    /// earlier run wrote, or does not fit on the disk; or the run is to begin again with an adapter file that is gone or has changed.
    /// </exception>
    public FineTuningRun StartRun(TrainingConfig config, AdapterOutput? output = null, SaveSchedule? saves = null, LogOptions? logs = null)
    {
        var model = RequireModel();
        var dataset = RequireDataset();
        var adapter = RequireAdapter();
        FineTuningRun.Plan(dataset, config);
        output ??= new AdapterOutput(AdapterOutput.DefaultPath(adapter.Config), Overwrite: false);
        RunFolder.RequireIdle(RunFiles.Of(output.Path));
        AdapterFile.EnsureWritable(output.Path, output.Overwrite);
        RunFiles.Of(output.Path).RequireFree(output.Overwrite, Run is { HasFailed: true } ? Keeper!.Saver.Written : []);
        var definition = RunDescription.Of(this, config, output, saves ?? Configuration?.Saves ?? new SaveSchedule(), logs ?? Configuration?.Logs ?? new LogOptions());
        if (Run is not { Step: > 0 } && (config.Seed == AdapterSeed || _isLoaded)) return Take(Keep(new FineTuningRun(model.Pipeline, dataset, adapter, config), model, definition), output);

        var (start, seed) = _isLoaded ? (ReadStart(), AdapterSeed) : (CreateAdapter(model, adapter.Config, config.Seed), config.Seed);
        try
        {
            var kept = Keep(new FineTuningRun(model.Pipeline, dataset, start, config), model, definition with { AdapterSeed = seed });
            ReplaceOwn(_isLoaded ? Adapters.Own!.Name : adapter.Config.Kind, start);
            AdapterSeed = seed;
            return Take(kept, output);
        }
        catch
        {
            start.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Takes up a saved run: loads its model and reads its dataset where the session has none, checks that they are those the run began
    /// with, and rebuilds adapter and run. What the session holds is replaced only when all of that is well. Adapters that acted beside
    /// the run's own are not part of its state; <see cref="AddAdapter"/> adds them again.
    /// </summary>
    /// <param name="folder">The run's output folder, of which the newest usable state is taken, or a state; null takes the guide's.</param>
    /// <exception cref="UniVGException">
    /// There is no usable state, another model is loaded, images have changed, or the present run has steps that are saved nowhere.
    /// </exception>
    public ResumedRun ResumeRun(string? folder = null)
    {
        var (found, passedOver) = StateSearch.FindNewest(InputPath.Find(folder ?? AdapterOutput.DefaultFolder));
        var definition = found.State.Origin.Definition;
        if (Run is { Step: > 0, HasFailed: false } present && !IsSaved && StateFolder.Peek(Keeper!.Files.StateAtStep(present.Step))?.RunId != present.Id)
            throw new UniVGException($"The present run stands at step {present.Step} and is not saved; '#!univg save' it, or drop it with '#!univg {present.Adapter.Config.Kind}', before resuming another.");

        // States may have been moved together with their folder.
        var files = definition.Files!;
        if (Path.GetFileName(found.Path).StartsWith(files.Name + "-", StringComparison.Ordinal)) files = files with { Folder = Path.GetDirectoryName(found.Path) ?? "" };
        files.RequireOwn(found.State);
        RunFolder.RequireIdle(files);
        if (definition.Beside.FirstOrDefault(beside => !Path.Exists(beside.Path)) is { } absent)
            throw new UniVGException($"The run was trained beside the adapter '{absent.Path}', which is not there any more; put it back to continue the run.");
        using var parts = new PreparedParts();
        var model = Model ?? parts.Own(OpenModel(definition.ModelPath!, definition.Model));
        var dataset = Dataset ?? DatasetReader.Read(InputPath.Find(definition.DatasetPath!), definition.Dataset);
        var run = RunResumption.Prepare(model, dataset, found);
        parts.Own(run.Adapter);
        parts.Own(run);
        (string Name, AdapterNetwork Network)[] beside = [.. definition.Beside.Select(one => ReadBeside(one, model, parts))];
        var kept = Keep(run, model, definition with { Files = files });

        parts.HandOver();
        DetachAll();
        (Model, Dataset) = (model, dataset);
        Adapters.ReplaceOwn(run.Adapter.Config.Kind, run.Adapter);
        foreach (var (name, network) in beside) Adapters.Add(name, network);
        (AdapterSeed, _isLoaded, _start) = (definition.AdapterSeed, found.State.AdapterIsFromFile, null);
        Take(kept, new AdapterOutput(files.FinishedAdapter, Overwrite: true));
        return new ResumedRun(run, found, passedOver);
    }

    /// <summary>
    /// Hands the present run to a process of its own, which outlives this one; the adapter goes with it. Where that cannot be started,
    /// the run stays.
    /// </summary>
    /// <param name="launcher">Starts the process.</param>
    /// <returns>The run's folder, by which it is followed and stopped.</returns>
    /// <exception cref="UniVGException">There is no run, it is finished, or its process cannot be started.</exception>
    public RunFolder DetachRun(IWorkerLauncher launcher)
    {
        if (Run is not { IsFinished: false, HasFailed: false } run) throw new UniVGException("There is no run that could go on elsewhere; begin one with '#!univg train --detach'.");
        var folder = RunFolder.Create(Keeper!.Files);
        Keeper.Saver.WriteState(run, folder.StartState);
        launcher.Start(folder.Path, folder.LogFile);
        EndRun();
        Adapters.Detach(Adapters.Own!);
        return folder;
    }

    /// <summary>
    /// Applies a configuration: loads its model, reads its dataset and attaches its adapter, as far as it has them; what it says of the
    /// training is what new runs are begun with.
    /// </summary>
    /// <exception cref="UniVGException">
    /// A part of it cannot be used; the configuration before it stays in force, and model, dataset and adapters stay as they are.
    /// </exception>
    public void ApplyConfiguration(RunDefinition configuration)
    {
        configuration.Training.Validate();
        configuration.Saves.Validate();
        using var parts = new PreparedParts();
        var dataset = (configuration.DatasetPath ?? Dataset?.Folder) is { } folder && configuration.Dataset is { } options
            ? DatasetReader.Read(InputPath.Find(folder), options)
            : Dataset;
        var other = configuration.ModelPath is { } path ? parts.Own(OpenModel(path, OnThisMachine(configuration.Model))) : null;
        var model = configuration.Adapter is not null || configuration.Beside.Count > 0 ? other ?? RequireModel() : null;
        var seed = configuration.Training.Seed;
        var own = configuration.Adapter is { } adapter
            ? parts.Own(CreateAdapter(model!, adapter, seed))
            : null;
        if (own is null && other is null)
            foreach (var one in configuration.Beside) Adapters.RequireNotOwn(InputPath.Find(one.Path));
        (string Name, AdapterNetwork Network)[] beside = [.. configuration.Beside.Select(one => ReadBeside(one, model!, parts))];

        parts.HandOver();
        if (other is not null) TakeModel(other);
        if (own is not null)
        {
            ReplaceOwn(own.Config.Kind, own);
            (AdapterSeed, _isLoaded, _start) = (seed, false, null);
        }

        // Applied again, it finds its own there already.
        foreach (var (name, network) in beside)
        {
            if (Adapters.Of(network.LoadReport!.Path) is { } present) Adapters.Detach(present);
            Adapters.Add(name, network);
        }

        (Dataset, Configuration) = (dataset, configuration);
    }

    /// <summary>Writes what the session holds as a configuration that SD-Trainer and kohya read.</summary>
    /// <param name="path">The TOML file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="UniVGException">The file exists, or cannot be written.</exception>
    public void ExportConfiguration(string path, bool overwrite = false)
    {
        if (File.Exists(path) && !overwrite) throw new UniVGException($"'{path}' exists already; add --overwrite to replace it, or choose another name.");
        AtomicFile.WriteText(path, TrainerToml.Write(Keeper?.PresentDefinition ?? RunDescription.Of(
            this,
            Configuration?.Training ?? (Adapter?.Config.Kind == "loha" ? TrainingConfig.Loha : new TrainingConfig()),
            new AdapterOutput(Configuration?.Files?.FinishedAdapter ?? AdapterOutput.DefaultPath(Adapter?.Config ?? new LoraConfig()), Overwrite: false),
            Configuration?.Saves ?? new SaveSchedule(),
            Configuration?.Logs ?? new LogOptions())));
    }

    /// <summary>
    /// Begins a run with other settings, to try them: from where the present run is (step, adapter, optimizer), or from the same start.
    /// The present run keeps its history; its adapter is in the file it was saved to.
    /// </summary>
    /// <param name="config">The present run's configuration with other values.</param>
    /// <param name="output">Where the fork's adapter will be written; null takes a name beside the present run's.</param>
    /// <param name="fromStart">Whether to begin with step 1 and the adapter's start.</param>
    /// <exception cref="UniVGException">There is no run, its last steps are not saved, or a value is impossible.</exception>
    public FineTuningRun ForkRun(TrainingConfig config, AdapterOutput? output = null, bool fromStart = false)
    {
        var present = Run ?? throw new UniVGException("There is no run to fork; begin one with '#!univg step' or '#!univg train'.");
        if (!IsSaved) throw new UniVGException($"Steps up to {present.Step} are not saved, and the fork changes the adapter; run '#!univg save PATH' first.");
        output ??= AdapterOutput.Beside(_output!.Path);
        if (fromStart) return StartRun(config, output);
        AdapterFile.EnsureWritable(output.Path, output.Overwrite);
        RunFiles.Of(output.Path).RequireFree(output.Overwrite);
        var (saves, logs) = (Keeper!.Definition.Saves, Keeper.Definition.Logs);
        Take(Keep(present.Fork(config), RequireModel(), RunDescription.Of(this, config, output, saves, logs)), output);
        _savedStep = Run.Step;
        return Run;
    }

    /// <summary>Writes the adapter as it is now, and the run's history and configuration next to its output.</summary>
    /// <param name="path">The file; null takes the run's.</param>
    /// <param name="precision">The type of the tensors in it; null for what the run's configuration says, float16 by default.</param>
    /// <param name="overwrite">Whether a file that this run did not write itself may be replaced.</param>
    /// <param name="detail">How much the file tells of the images.</param>
    /// <exception cref="UniVGException">There is nothing to write, or the file cannot be written.</exception>
    public SavedAdapter SaveAdapter(
        string? path = null, ScalarType? precision = null, bool overwrite = false, MetadataDetail detail = MetadataDetail.Standard)
    {
        var adapter = RequireAdapter();
        var run = Run is { Step: > 0 } ? Run : throw new UniVGException("The adapter is untrained, so there is nothing to save; run '#!univg train' first.");
        path = path is null ? _output!.Path : AdapterOutput.WithEnding(path);
        AdapterFile.EnsureWritable(path, overwrite || _writtenByRun.Contains(Path.GetFullPath(path)) || (path == _output!.Path && _output.Overwrite));
        AdapterFile.Save(adapter, path, precision ?? Keeper!.Precision, AdapterMetadata.Of(
            run, RequireModel().Name, Path.GetFileNameWithoutExtension(path), detail, RequireModel().Path));
        _writtenByRun.Add(Path.GetFullPath(path));
        _savedStep = run.Step;
        Keeper!.WriteRecords();
        return new SavedAdapter(path, new FileInfo(path).Length, adapter.Adapters.Count, run.Step);
    }

    private AdapterNetwork ReadStart()
    {
        var start = _start ?? throw new UniVGException(
            "The resumed run began with an adapter file that its state does not name; load that with '#!univg load FILE' to begin with it again.");
        var network = start.Read((path, options) => ReadAdapter(RequireModel(), path, options));
        network.Multiplier = Adapters.Own!.Scale;
        return network;
    }

    private void EndRun()
    {
        Run?.Dispose();
        Run = null;
        Keeper?.Dispose();
        Keeper = null;
    }

    // SD-Trainer's files say bf16, which is for GPUs.
    private static ModelOptions OnThisMachine(ModelOptions options) =>
        options.Precision is "bf16" or "fp16" && !(TorchRuntime.EnsureLoaded().HasCudaLibraries && cuda.is_available()) ? options with { Precision = "fp32" } : options;

    private static (string Name, AdapterNetwork Network) ReadBeside(BesideAdapter beside, LoadedModel model, PreparedParts parts)
    {
        var path = InputPath.Find(beside.Path);
        return (NameOf(path), parts.Own(ReadAdapter(model, path, new AdapterLoadOptions { Multiplier = beside.Scale })));
    }

    // A run that nothing was replaced for yet; where its files cannot be kept, it goes again.
    private (FineTuningRun Run, RunKeeper Keeper) Keep(FineTuningRun run, LoadedModel model, RunDefinition definition)
    {
        try
        {
            return (run, RunKeeper.Attach(run, model, definition, () => RunDescription.Beside(this)));
        }
        catch
        {
            run.Dispose();
            throw;
        }
    }

    // The run, with what keeps its files, in place of the present one.
    [MemberNotNull(nameof(Run))]
    private FineTuningRun Take((FineTuningRun Run, RunKeeper Keeper) kept, AdapterOutput output)
    {
        Run?.Dispose();
        Keeper?.Dispose();
        var run = kept.Run;
        (Run, Keeper, _output) = (run, kept.Keeper, output);
        _runs.Add(run);
        _writtenByRun.Clear();
        _savedStep = 0;
        return run;
    }
}
