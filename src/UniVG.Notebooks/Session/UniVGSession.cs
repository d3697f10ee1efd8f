using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Logs;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Runs;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Session;

/// <summary>
/// What a notebook holds between its cells: the model, the dataset, the adapter and the runs. C# cells see it as the variable
/// <c>univg</c>; the commands are thin layers over its methods.
/// </summary>
/// <example><code>
/// univg.LoadModel("tiny");
/// univg.LoadDataset("datasets-sample");
/// var run = univg.Finetune(new LoraConfig { Dim = 16 }, new TrainingConfig { Steps = 300, LearningRate = 5e-4 });
/// await run.StepAsync(50);    // silently, or
/// await univg.TrainAsync();   // to the end, with the live panel
/// run.History.Plot()
/// </code></example>
public sealed class UniVGSession : IDisposable
{
    private readonly List<PresentRun> _runs = [];
    private readonly List<ModelEvaluation> _evaluations = [];
    private LoadedModel? _model;
    private TinyFeatures? _features;
    private bool _broughtPlotly;

    /// <summary>The loaded model, or null; null also once it was disposed.</summary>
    public LoadedModel? Model => _model is { Pipeline.IsDisposed: false } ? _model : null;

    /// <summary>The dataset that was read, or null.</summary>
    public FineTuningDataset? Dataset { get; private set; }

    /// <summary>The adapter that is trained and saved, or null.</summary>
    public AdapterNetwork? Adapter => Adapters.Own?.Network;

    /// <summary>All adapters that act in the model, the trained one first.</summary>
    public SessionAdapters Adapters { get; } = new();

    /// <summary>What the adapter's start was drawn from.</summary>
    public long AdapterSeed => Source.Seed;

    /// <summary>Whether the adapter was written since its last step.</summary>
    public bool IsSaved => Present is null or { IsSaved: true };

    /// <summary>The newest run of the attached adapter, or null.</summary>
    public FineTuningRun? Run => Present?.Run;

    /// <summary>What keeps the files of <see cref="Run"/>; null where that is.</summary>
    public RunKeeper? Keeper => Present?.Keeper;

    /// <summary>The configuration that was applied last, from which new runs take what they are not told; null for the guide's.</summary>
    public RunDefinition? Configuration { get; private set; }

    /// <summary>All runs of this session, oldest first; earlier ones keep their history only.</summary>
    public IReadOnlyList<FineTuningRun> Runs => [.. _runs.Select(run => run.Run)];

    /// <summary>All evaluations of this session, oldest first.</summary>
    public IReadOnlyList<ModelEvaluation> Evaluations => _evaluations;

    /// <summary>Where calls from C# cells show their live panels; the host sets it for each cell. Null shows nothing.</summary>
    public INotebookHost? Host { get; set; }

    /// <summary>The resolution in pixels that the model was made for; 512 without a model.</summary>
    public int DefaultResolution => Model?.Pipeline.DefaultSize ?? 512;

    /// <summary>What samples show where no prompt is given: the first trigger word, else vessels.</summary>
    public string DefaultPrompt => Dataset?.Concepts[0].Trigger is { Length: > 0 } trigger ? trigger : "vessels";

    /// <summary>The run of the own adapter with what keeps it, or null.</summary>
    internal PresentRun? Present { get; private set; }

    /// <summary>All runs with what kept them, oldest first.</summary>
    internal IReadOnlyList<PresentRun> Kept => _runs;

    /// <summary>Where the own adapter began.</summary>
    internal AdapterSource Source { get; private set; } = new(Seed: 0);

    /// <summary>Loads a model in place of the present one, and forgets the adapters that were attached to that.</summary>
    /// <param name="path">A <c>.safetensors</c> or <c>.ckpt</c> file, a diffusers folder, or <c>tiny</c>, the embedded model.</param>
    /// <param name="options">Device, precision, noise schedule and parts from elsewhere; null for the defaults.</param>
    /// <exception cref="UniVGException">The model cannot be loaded; the present one stays.</exception>
    public LoadedModel LoadModel(string path, ModelOptions? options = null)
    {
        var loaded = ModelParts.Open(path, options);
        TakeModel(loaded);
        return loaded;
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

    /// <summary>Attaches a fresh adapter to the model, in place of the session's own; others that were added stay.</summary>
    /// <param name="config">Kind and sizes.</param>
    /// <param name="seed">Seeds its start.</param>
    /// <exception cref="UniVGException">There is no model, or the configuration is impossible; the present adapter stays.</exception>
    public AdapterNetwork AttachAdapter(AdapterConfig config, long seed = 1337)
    {
        ArgumentNullException.ThrowIfNull(config);
        config.Validate();
        ReplaceOwn(config.Kind, ModelParts.CreateAdapter(RequireModel(), config, seed), new AdapterSource(seed));
        return Adapter!;
    }

    /// <summary>Applies an adapter file to the model, in place of the session's own adapter; a following run trains it further.</summary>
    /// <param name="path">A file of kohya, LyCORIS, diffusers or peft, peft's folder, or a run as <c>#!univg runs</c> lists it.</param>
    /// <param name="options">Strength, and whether a partial match is enough.</param>
    /// <param name="discard">Whether steps of the present adapter that were not saved may be lost.</param>
    /// <exception cref="UniVGException">There is no model, the file does not fit it, or unsaved steps would be lost; the present adapter stays.</exception>
    public AdapterNetwork LoadAdapter(string path, AdapterLoadOptions? options = null, bool discard = false)
    {
        (var model, path) = (RequireModel(), RunPath.FindAdapter(this, path));
        if (!discard) RequireSaved();
        Adapters.RequireNew(path, besideOwn: false);
        var start = new AdapterStart(path, options ?? new AdapterLoadOptions());
        ReplaceOwn(ModelParts.NameOf(path), ModelParts.ReadAdapter(model, path, options), new AdapterSource(Source.Seed, IsFile: true, start));
        return Adapter!;
    }

    /// <summary>Applies an adapter file to the model beside the adapters that are there. It is not trained.</summary>
    /// <param name="path">A file of kohya, LyCORIS, diffusers or peft, peft's folder, or a run as <c>#!univg runs</c> lists it.</param>
    /// <param name="options">Strength, and whether a partial match is enough.</param>
    /// <exception cref="UniVGException">There is no model, the file does not fit it, it is attached already, or a run is training; all others stay.</exception>
    public SessionAdapter AddAdapter(string path, AdapterLoadOptions? options = null)
    {
        RequireIdle();
        (var model, path) = (RequireModel(), RunPath.FindAdapter(this, path));
        Adapters.RequireNew(path, besideOwn: true);
        return Adapters.Add(ModelParts.NameOf(path), ModelParts.ReadAdapter(model, path, options));
    }

    /// <summary>Changes the strength of an adapter, at once; of the one that is trained also meanwhile, which does not change how it is trained.</summary>
    /// <param name="scale">1 as trained, 0 off.</param>
    /// <param name="name">The adapter; null where there is only one.</param>
    /// <exception cref="UniVGException">There is no such adapter, or the strength is no number.</exception>
    public SessionAdapter ScaleAdapter(double scale, string? name = null)
    {
        ModelParts.RequireFinite(scale);
        var adapter = Adapters.Find(name);
        if (!adapter.IsOwn) RequireIdle();
        adapter.Network.Multiplier = scale;
        return adapter;
    }

    /// <summary>Takes an adapter out of the model.</summary>
    /// <param name="name">The adapter; null where there is only one.</param>
    /// <param name="discard">Whether steps that were not saved may be lost.</param>
    /// <exception cref="UniVGException">There is no such adapter, unsaved steps would be lost, or a run is training beside it.</exception>
    public SessionAdapter DetachAdapter(string? name = null, bool discard = false)
    {
        var adapter = Adapters.Find(name);
        if (adapter.IsOwn && !discard) RequireSaved();
        if (adapter.IsOwn) EndRun();
        else RequireIdle();
        Adapters.Detach(adapter);
        return adapter;
    }

    /// <summary>
    /// Begins a fine-tuning: attaches a fresh adapter in place of the session's own, saved or not, and prepares its run on the dataset. No
    /// step is taken yet: <see cref="TrainAsync"/> trains with a live panel, <see cref="FineTuningRun.StepAsync"/> without.
    /// </summary>
    /// <param name="adapter">Kind and sizes, such as <c>new LoraConfig { Dim = 16 }</c>.</param>
    /// <param name="training">How to train; its seed is the adapter's, too. Null takes the guide's settings for the kind of adapter.</param>
    /// <param name="output">Where the adapter will be written; null takes the guide's file name.</param>
    /// <param name="saves">When the run saves itself; null for the default.</param>
    /// <param name="logs">Which logs it writes; null for none but the table and the configuration next to the adapter.</param>
    /// <exception cref="UniVGException">
    /// Model or dataset is missing, something is impossible, or the output cannot be written or would overwrite an earlier run's; the present
    /// adapter stays.
    /// </exception>
    public FineTuningRun Finetune(
        AdapterConfig adapter, TrainingConfig? training = null, AdapterOutput? output = null, SaveSchedule? saves = null, LogOptions? logs = null)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        adapter.Validate();
        return new RunBeginning(this).Start(training ?? TrainingConfig.For(adapter), output, saves, logs, fresh: adapter);
    }

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
    public FineTuningRun StartRun(TrainingConfig config, AdapterOutput? output = null, SaveSchedule? saves = null, LogOptions? logs = null) =>
        new RunBeginning(this).Start(config, output, saves, logs);

    /// <summary>
    /// Takes steps of the present run below the cell: with a live panel, samples in between, and the adapter's file at the end.
    /// </summary>
    /// <param name="steps">Steps to take now; null trains to the end.</param>
    /// <param name="cancellation">Stops after the present step, as interrupting the cell does; the state is saved.</param>
    /// <returns>The run.</returns>
    /// <exception cref="UniVGException">There is no run to go on with, or its loss stopped being a number.</exception>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public async Task<FineTuningRun> TrainAsync(int? steps = null, CancellationToken cancellation = default)
    {
        RequireModel();
        RequireAdapter();
        var run = Run ?? throw new UniVGException("There is no run to train; begin one with univg.Finetune(…), or with '#!univg train'.");
        var host = Host ?? new UnseenHost(cancellation);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(host.CancellationToken, cancellation);
        await new TrainingDriver(this, host, run).RunAsync(steps ?? run.TotalSteps - run.Step, stop.Token).ConfigureAwait(false);
        return run;
    }

    /// <summary>
    /// Takes up a saved run: loads its model and reads its dataset where the session has none, checks that they are those the run began
    /// with, and rebuilds adapter and run. What the session holds is replaced only when all of that is well. Adapters that acted beside
    /// the run's own are not part of its state; <see cref="AddAdapter"/> adds them again.
    /// </summary>
    /// <param name="name">A run as <c>#!univg runs</c> lists it or an output folder, of which the newest usable state is taken, or a state; null takes the guide's folder.</param>
    /// <exception cref="UniVGException">
    /// There is no usable state, another model is loaded, images have changed, or the present run has steps that are saved nowhere.
    /// </exception>
    public ResumedRun ResumeRun(string? name = null) => new RunRestoring(this).Resume(name ?? AdapterOutput.DefaultFolder);

    /// <summary>
    /// Begins a run with other settings, to try them: from where the present run is (step, adapter, optimizer), or from the same start.
    /// The present run keeps its history; its adapter is in the file it was saved to.
    /// </summary>
    /// <param name="config">The present run's configuration with other values.</param>
    /// <param name="output">Where the fork's adapter will be written; null takes a name beside the present run's.</param>
    /// <param name="fromStart">Whether to begin with step 1 and the adapter's start.</param>
    /// <exception cref="UniVGException">There is no run, its last steps are not saved, or a value is impossible.</exception>
    public FineTuningRun ForkRun(TrainingConfig config, AdapterOutput? output = null, bool fromStart = false) => new RunBeginning(this).Fork(config, output, fromStart);

    /// <summary>
    /// Hands the present run to a process of its own, which outlives this one; the adapter goes with it. Where that cannot be started,
    /// the run stays.
    /// </summary>
    /// <param name="launcher">Starts the process.</param>
    /// <returns>The run's folder, by which it is followed and stopped.</returns>
    /// <exception cref="UniVGException">There is no run, it is finished, or its process cannot be started.</exception>
    public RunFolder DetachRun(IWorkerLauncher launcher)
    {
        if (Present is not { Run: { IsFinished: false, HasFailed: false } run, Keeper: var keeper })
            throw new UniVGException("There is no run that could go on elsewhere; begin one with '#!univg train --detach'.");
        var folder = RunFolder.Create(keeper.Files);
        keeper.Saver.WriteState(run, folder.StartState);
        launcher.Start(folder.Path, folder.LogFile);
        EndRun();
        Adapters.Detach(Adapters.Own!);
        return folder;
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
        RequireIdle();
        var path = InputPath.Find(folder);

        // Dispose scopes and gradient mode belong to a thread, and an await could move a cell to another one.
        using var thread = new ComputeThread("UniVG evaluation");
        var evaluation = await thread.Run(() => new ModelEvaluator(this, _features ??= new TinyFeatures(), onProgress, cancellation)
            .Evaluate(ImageFolder.Read(path, cancellation), request ?? new EvaluationRequest())).ConfigureAwait(false);
        _evaluations.Add(evaluation);
        return evaluation;
    }

    /// <summary>A request with what suits the model and the run: four pictures, to be changed by <c>with</c>.</summary>
    /// <param name="prompt">What to draw; null takes <see cref="DefaultPrompt"/>.</param>
    /// <exception cref="UniVGException">There is no model.</exception>
    public ImageRequest NewRequest(string? prompt = null)
    {
        var request = new ImageRequest { Prompt = prompt ?? DefaultPrompt, Count = 4, GuidanceScale = RequireModel().SuggestedGuidance };
        return Run is { Config: var training } ? request with { ClipSkip = training.ClipSkip, PromptChunks = training.PromptChunks } : request;
    }

    /// <summary>The model.</summary>
    /// <exception cref="UniVGException">None is loaded; the message names the command.</exception>
    public LoadedModel RequireModel() => Model
        ?? throw new UniVGException("No model is loaded; run '#!univg model tiny', or '#!univg model PATH' with a checkpoint of your own.");

    /// <summary>The dataset.</summary>
    /// <exception cref="UniVGException">None was read; the message names the command.</exception>
    public FineTuningDataset RequireDataset() => Dataset
        ?? throw new UniVGException("No dataset was read; run '#!univg data FOLDER', where FOLDER holds folders such as 10_modality.");

    /// <summary>The adapter.</summary>
    /// <exception cref="UniVGException">None is attached, or it was disposed; the message names the commands.</exception>
    public AdapterNetwork RequireAdapter() => Adapter is { IsDisposed: false } adapter ? adapter
        : throw new UniVGException("No adapter to train is attached; run '#!univg lora' or '#!univg loha'.");

    /// <summary>Makes sure that no run is training in the background, whose steps the adapters of others would spoil.</summary>
    /// <exception cref="UniVGException">One is.</exception>
    internal void RequireIdle()
    {
        if (Run is { IsTraining: true }) throw new UniVGException("The run is training in the background; await it or interrupt it first.");
    }

    /// <summary>Makes sure that no steps are lost with the present run.</summary>
    /// <param name="doing">What would lose them.</param>
    /// <exception cref="UniVGException">Its last steps are saved nowhere.</exception>
    internal void RequireKept(string doing)
    {
        if (Present is { IsKept: false, Run: var run })
            throw new UniVGException($"The present run stands at step {run.Step} and is not saved; '#!univg save' it, or drop it with '#!univg {run.Adapter.Config.Kind}', before {doing}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        DetachAll();
        _model?.Dispose();
        _model = null;
        _features?.Dispose();
    }

    /// <summary>True the first time it is called: each notebook needs plotly.js once.</summary>
    internal bool TakePlotlyTurn() => !_broughtPlotly && (_broughtPlotly = true);

    /// <summary>Puts a model in the place of the present one, whose adapters go.</summary>
    internal void TakeModel(LoadedModel loaded)
    {
        DetachAll();
        _model?.Dispose();
        _model = loaded;
    }

    /// <summary>Holds model and dataset, which may be those that are there.</summary>
    internal void Hold(LoadedModel model, FineTuningDataset dataset) => (_model, Dataset) = (model, dataset);

    /// <summary>Holds the dataset, which may be the one that is there, and the configuration that new runs follow.</summary>
    internal void Hold(FineTuningDataset? dataset, RunDefinition configuration) => (Dataset, Configuration) = (dataset, configuration);

    /// <summary>Attaches an adapter in place of the own one, whose run ends.</summary>
    internal void ReplaceOwn(string name, AdapterNetwork network, AdapterSource source)
    {
        EndRun();
        Adapters.ReplaceOwn(name, network);
        Source = source;
    }

    /// <summary>Puts a run of the own adapter in the place of the present one.</summary>
    internal FineTuningRun Take(PresentRun kept)
    {
        EndRun();
        Present = kept;
        _runs.Add(kept);
        return kept.Run;
    }

    /// <summary>Takes all adapters out of the model.</summary>
    internal void DetachAll()
    {
        EndRun();
        foreach (var adapter in Adapters.ToList()) Adapters.Detach(adapter);
    }

    private void RequireSaved()
    {
        if (Present is { IsSaved: false } present)
            throw new UniVGException($"The present adapter has {present.Run.Step - present.SavedStep} steps that are not saved; run '#!univg save' first, or add --discard to lose them.");
    }

    private void EndRun()
    {
        Present?.Dispose();
        Present = null;
    }
}
