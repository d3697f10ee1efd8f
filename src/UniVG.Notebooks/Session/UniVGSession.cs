using System.Diagnostics.CodeAnalysis;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Logs;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Runs;
using static TorchSharp.torch;

namespace UniVG.Notebooks.Session;

/// <summary>
/// What a notebook holds between its cells: the model, the dataset, the adapter and the runs. C# cells see it as the variable
/// <c>univg</c>; the commands are thin layers over its methods.
/// </summary>
public sealed class UniVGSession : IDisposable
{
    private readonly List<FineTuningRun> _runs = [];
    private readonly HashSet<string> _writtenByRun = [];
    private readonly List<ModelEvaluation> _evaluations = [];
    private TinyFeatures? _features;
    private AdapterOutput? _output;
    private int _savedStep;
    private bool _isLoaded;
    private bool _broughtPlotly;

    /// <summary>The loaded model, or null.</summary>
    public LoadedModel? Model { get; private set; }

    /// <summary>The dataset that was read, or null.</summary>
    public FineTuningDataset? Dataset { get; private set; }

    /// <summary>The adapter attached to the model, or null.</summary>
    public AdapterNetwork? Adapter { get; private set; }

    /// <summary>What the adapter's start was drawn from.</summary>
    public long AdapterSeed { get; private set; }

    /// <summary>Whether the adapter was written since its last step.</summary>
    public bool IsSaved => Run is null || _savedStep == Run.Step;

    /// <summary>The newest run of the attached adapter, or null.</summary>
    public FineTuningRun? Run { get; private set; }

    /// <summary>What keeps the files of <see cref="Run"/>; null where that is.</summary>
    public RunKeeper? Keeper { get; private set; }

    /// <summary>The configuration that was applied last, from which new runs take what they are not told; null for the guide's.</summary>
    public RunDefinition? Configuration { get; private set; }

    /// <summary>All runs of this session, oldest first; earlier ones keep their history only.</summary>
    public IReadOnlyList<FineTuningRun> Runs => _runs;

    /// <summary>All evaluations of this session, oldest first.</summary>
    public IReadOnlyList<ModelEvaluation> Evaluations => _evaluations;

    /// <summary>Loads a model in place of the present one, and forgets the adapter that was attached to that.</summary>
    /// <exception cref="UniVGException">The model cannot be loaded; the present one stays.</exception>
    public LoadedModel LoadModel(string path, ModelOptions? options = null)
    {
        var loaded = ModelLoader.Load(path == ModelLoader.TinyName ? path : InputPath.Find(path), options);
        DetachAdapter();
        Model?.Dispose();
        return Model = loaded;
    }

    /// <summary>Reads a dataset in place of the present one, as <see cref="LoadDataset(string, DatasetOptions?, Action{int, int}?, CancellationToken)"/>.</summary>
    public FineTuningDataset LoadDataset(string path, DatasetOptions? options = null) => LoadDataset(path, options, onImage: null, CancellationToken.None);

    /// <summary>Reads a dataset in place of the present one.</summary>
    /// <param name="path">The folder that holds <c>[repeats]_[trigger]</c> folders, or a dataset .toml of kohya's trainer.</param>
    /// <param name="options">How to read it; null takes the model's resolution (512 without a model).</param>
    /// <param name="onImage">Told how many of how many images are checked, from any thread.</param>
    /// <param name="cancellationToken">Stops the reading; the present dataset stays.</param>
    /// <exception cref="UniVGException">The dataset cannot be used; the present one stays.</exception>
    public FineTuningDataset LoadDataset(
        string path, DatasetOptions? options, Action<int, int>? onImage, CancellationToken cancellationToken)
    {
        var size = DefaultResolution;
        return Dataset = DatasetReader.Read(InputPath.Find(path), options ?? DatasetOptions.ForResolution(size, size), onImage, cancellationToken);
    }

    /// <summary>The resolution in pixels that the model was made for; 512 without a model.</summary>
    public int DefaultResolution => Model?.Pipeline.DefaultSize ?? 512;

    /// <summary>Attaches a fresh adapter to the model, in place of the present one.</summary>
    /// <param name="config">Kind and sizes.</param>
    /// <param name="seed">Seeds its start.</param>
    /// <exception cref="UniVGException">There is no model, or the configuration is impossible.</exception>
    public AdapterNetwork AttachAdapter(AdapterConfig config, long seed = 1337)
    {
        config.Validate();
        var model = RequireModel();
        DetachAdapter();
        AdapterSeed = seed;
        _isLoaded = false;
        return Adapter = AdapterNetwork.Attach(config, model.Pipeline.UNet.Weights.Layers, model.Pipeline.TextEncoder.Weights.Layers, seed);
    }

    /// <summary>Applies an adapter file to the model, in place of the present adapter; a following run trains it further.</summary>
    /// <param name="path">A file of kohya, LyCORIS, diffusers or peft.</param>
    /// <param name="options">Strength, and whether a partial match is enough.</param>
    /// <exception cref="UniVGException">There is no model, or the file does not fit it; the present adapter is gone then, too.</exception>
    public AdapterNetwork LoadAdapter(string path, AdapterLoadOptions? options = null)
    {
        var model = RequireModel();
        DetachAdapter();
        _isLoaded = true;
        return Adapter = AdapterFile.Load(path, model.Pipeline.UNet.Weights.Layers, model.Pipeline.TextEncoder.Weights.Layers, options);
    }

    /// <summary>Writes a copy of the model with the adapter baked in, in the layout that all Stable Diffusion tools read.</summary>
    /// <param name="path">A .safetensors file.</param>
    /// <param name="ratio">The adapter's strength.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="UniVGException">There is no adapter, or the file cannot be written.</exception>
    public void MergeAdapter(string path, double ratio = 1, bool overwrite = false)
    {
        var (pipeline, adapter) = (RequireModel().Pipeline, RequireAdapter());
        RequireSafetensors(path, overwrite);
        var contents = new ModelContents
        {
            UNet = pipeline.UNet.Weights.Tensors,
            UNetConfigJson = pipeline.UNet.Config.ToJson(),
            Vae = pipeline.Vae.Weights.Tensors,
            VaeConfigJson = pipeline.Vae.Config.ToJson(),
            TextEncoder = pipeline.TextEncoder.Weights.Tensors,
            TextEncoderConfigJson = pipeline.TextEncoder.Config.ToJson(),
            SchedulerConfigJson = pipeline.Schedule.ToJson(),
        };
        using var betas = tensor(pipeline.Schedule.Betas.ToArray());
        AdapterMerge.Save(path, contents, adapter, ratio, extraTensors: new Dictionary<string, Tensor> { ["betas"] = betas });
    }

    /// <summary>Writes a plain LoRA that approximates the adapter.</summary>
    /// <param name="path">A .safetensors file.</param>
    /// <param name="options">The LoRA's sizes.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <param name="cancellationToken">Looked at before each layer.</param>
    /// <returns>The relative error of the approximation.</returns>
    /// <exception cref="UniVGException">There is no adapter, or the file cannot be written.</exception>
    public double ExtractLora(string path, LoraExtractOptions options, bool overwrite = false, CancellationToken cancellationToken = default)
    {
        var adapter = RequireAdapter();
        RequireSafetensors(path, overwrite);
        using var extraction = AdapterExtract.ToLora(adapter, options, cancellationToken: cancellationToken);
        AdapterFile.Save(extraction.Network, path, ScalarType.Float16, new Dictionary<string, string> { ["ss_network_module"] = "networks.lora" });
        return extraction.RelativeError;
    }

    /// <summary>Begins a run of the attached adapter on the dataset; a run that had taken steps is replaced together with its adapter.</summary>
    /// <param name="config">How to train.</param>
    /// <param name="output">Where the adapter will be written; null takes the guide's file name.</param>
    /// <param name="saves">When the run saves itself; null for the default.</param>
    /// <param name="logs">Which logs it writes; null for none but the table and the configuration next to the adapter.</param>
    /// <exception cref="UniVGException">
    /// Model, dataset or adapter is missing, the configuration is impossible, or the output cannot be written, would overwrite what an
    /// earlier run wrote, or does not fit on the disk.
    /// </exception>
    public FineTuningRun StartRun(TrainingConfig config, AdapterOutput? output = null, SaveSchedule? saves = null, LogOptions? logs = null)
    {
        var model = RequireModel();
        var dataset = RequireDataset();
        var adapter = RequireAdapter();
        FineTuningRun.Plan(dataset, config);
        output ??= new AdapterOutput(AdapterOutput.DefaultPath(adapter.Config), Overwrite: false);
        AdapterFile.EnsureWritable(output.Path, output.Overwrite);
        RunFiles.Of(output.Path).RequireFree(output.Overwrite, Run is { HasFailed: true } ? Keeper!.Saver.Written : []);
        if (Run is { Step: > 0 } || (config.Seed != AdapterSeed && !_isLoaded)) adapter = AttachAdapter(adapter.Config, config.Seed);
        var run = new FineTuningRun(model.Pipeline, dataset, adapter, config);
        return Take(run, output, RunDescription.Of(this, config, output, saves ?? Configuration?.Saves ?? new SaveSchedule(), logs ?? Configuration?.Logs ?? new LogOptions()));
    }

    /// <summary>
    /// Takes up a saved run: loads its model and reads its dataset where the session has none, checks that they are those the run began
    /// with, and rebuilds adapter and run. What the session holds is replaced only when all of that is well.
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
        var model = Model ?? LoadModel(definition.ModelPath!, definition.Model);
        var dataset = Dataset ?? LoadDataset(definition.DatasetPath!, definition.Dataset);
        RunResumption.Check(model, dataset, found);

        // States may have been moved together with their folder.
        var files = definition.Files!;
        if (Path.GetFileName(found.Path).StartsWith(files.Name + "-", StringComparison.Ordinal)) files = files with { Folder = Path.GetDirectoryName(found.Path) ?? "" };
        files.RequireOwn(found.State);
        DetachAdapter();
        var run = RunResumption.Resume(model, dataset, found);
        (Adapter, AdapterSeed, _isLoaded) = (run.Adapter, definition.AdapterSeed, found.State.AdapterIsFromFile);
        Take(run, new AdapterOutput(files.FinishedAdapter, Overwrite: true), definition with { Files = files });
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
        DetachAdapter();
        return folder;
    }

    /// <summary>
    /// Applies a configuration: loads its model, reads its dataset and attaches its adapter, as far as it has them; what it says of the
    /// training is what new runs are begun with.
    /// </summary>
    /// <exception cref="UniVGException">A part of it cannot be used; the configuration before it stays in force.</exception>
    public void ApplyConfiguration(RunDefinition configuration)
    {
        configuration.Training.Validate();
        if (configuration is { Adapter: not null, ModelPath: null }) RequireModel();
        var dataset = (configuration.DatasetPath ?? Dataset?.Folder) is { } folder && configuration.Dataset is { } options
            ? DatasetReader.Read(InputPath.Find(folder), options)
            : Dataset;
        if (configuration.ModelPath is { } modelPath) LoadModel(modelPath, OnThisMachine(configuration.Model));
        if (configuration.Adapter is { } adapter) AttachAdapter(adapter, configuration.Training.Seed);
        (Dataset, Configuration) = (dataset, configuration);
    }

    /// <summary>Writes what the session holds as a configuration that SD-Trainer and kohya read.</summary>
    /// <param name="path">The TOML file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="UniVGException">The file exists, or cannot be written.</exception>
    public void ExportConfiguration(string path, bool overwrite = false)
    {
        if (File.Exists(path) && !overwrite) throw new UniVGException($"'{path}' exists already; add --overwrite to replace it, or choose another name.");
        AtomicFile.WriteText(path, TrainerToml.Write(Keeper?.Definition ?? RunDescription.Of(
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
        Take(present.Fork(config), output, RunDescription.Of(this, config, output, saves, logs));
        _savedStep = Run.Step;
        return Run;
    }

    /// <summary>Writes the adapter as it is now.</summary>
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
        path = path is null ? _output!.Path : Path.HasExtension(path) ? path : path + AdapterOutput.Extension;
        AdapterFile.EnsureWritable(path, overwrite || _writtenByRun.Contains(Path.GetFullPath(path)) || (path == _output!.Path && _output.Overwrite));
        AdapterFile.Save(adapter, path, precision ?? Keeper!.Precision, AdapterMetadata.Of(
            run, RequireModel().Name, Path.GetFileNameWithoutExtension(path), detail, RequireModel().Path));
        _writtenByRun.Add(Path.GetFullPath(path));
        _savedStep = run.Step;
        return new SavedAdapter(path, new FileInfo(path).Length, adapter.Adapters.Count, run.Step);
    }

    /// <summary>
    /// Draws samples with the model, and the adapter where one is attached, and compares them with real pictures: distances, vessels,
    /// and copies of the training pictures.
    /// </summary>
    /// <param name="folder">A folder of real pictures that were not trained on.</param>
    /// <param name="request">What to draw; null for 32 samples of the first trigger word.</param>
    /// <param name="onProgress">Told what is being done, on another thread.</param>
    /// <param name="cancellation">Looked at between steps and pictures.</param>
    /// <exception cref="UniVGException">There is no model, there are too few pictures, or an option is impossible.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<ModelEvaluation> EvaluateAsync(
        string folder, EvaluationRequest? request = null, Action<string>? onProgress = null, CancellationToken cancellation = default)
    {
        RequireModel();
        var path = InputPath.Find(folder);

        // Dispose scopes and gradient mode belong to a thread, and an await could move a cell to another one.
        var evaluation = await Task.Factory.StartNew(
            () => new ModelEvaluator(this, _features ??= new TinyFeatures(), onProgress, cancellation)
                .Evaluate(ImageFolder.Read(path, cancellation), request ?? new EvaluationRequest()),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        _evaluations.Add(evaluation);
        return evaluation;
    }

    /// <summary>What samples show where no prompt is given: the first trigger word, else vessels.</summary>
    public string DefaultPrompt => Dataset?.Concepts[0].Trigger is { Length: > 0 } trigger ? trigger : "vessels";

    /// <summary>The model.</summary>
    /// <exception cref="UniVGException">None is loaded; the message names the command.</exception>
    public LoadedModel RequireModel() => Model
        ?? throw new UniVGException("No model is loaded; run '#!univg model tiny', or '#!univg model PATH' with a checkpoint of your own.");

    /// <summary>The dataset.</summary>
    /// <exception cref="UniVGException">None was read; the message names the command.</exception>
    public FineTuningDataset RequireDataset() => Dataset
        ?? throw new UniVGException("No dataset was read; run '#!univg data FOLDER', where FOLDER holds folders such as 10_modality.");

    /// <summary>The adapter.</summary>
    /// <exception cref="UniVGException">None is attached; the message names the commands.</exception>
    public AdapterNetwork RequireAdapter() => Adapter
        ?? throw new UniVGException("No adapter is attached; run '#!univg lora' or '#!univg loha'.");

    /// <inheritdoc/>
    public void Dispose()
    {
        DetachAdapter();
        Model?.Dispose();
        Model = null;
        _features?.Dispose();
    }

    /// <summary>True the first time it is called: each notebook needs plotly.js once.</summary>
    internal bool TakePlotlyTurn() => !_broughtPlotly && (_broughtPlotly = true);

    private static void RequireSafetensors(string path, bool overwrite)
    {
        if (!path.EndsWith(AdapterOutput.Extension, StringComparison.OrdinalIgnoreCase))
            throw new UniVGException($"'{path}' must end in {AdapterOutput.Extension}.");
        AdapterFile.EnsureWritable(path, overwrite);
    }

    // SD-Trainer's files say bf16, which is for GPUs.
    private static ModelOptions OnThisMachine(ModelOptions options) =>
        options.Precision is "bf16" or "fp16" && !(TorchRuntime.EnsureLoaded().HasCudaLibraries && cuda.is_available()) ? options with { Precision = "fp32" } : options;

    // The run, with what keeps its files, in place of the present one.
    [MemberNotNull(nameof(Run))]
    private FineTuningRun Take(FineTuningRun run, AdapterOutput output, RunDefinition definition)
    {
        RunKeeper keeper;
        try
        {
            keeper = RunKeeper.Attach(run, RequireModel(), definition);
        }
        catch
        {
            run.Dispose();
            throw;
        }

        Run?.Dispose();
        Keeper?.Dispose();
        (Run, Keeper, _output) = (run, keeper, output);
        _runs.Add(run);
        _writtenByRun.Clear();
        _savedStep = 0;
        return run;
    }

    private void DetachAdapter()
    {
        Run?.Dispose();
        Run = null;
        Keeper?.Dispose();
        Keeper = null;
        Adapter?.Dispose();
        Adapter = null;
    }
}
