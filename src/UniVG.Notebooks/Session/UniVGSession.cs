using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using static TorchSharp.torch;

namespace UniVG.Notebooks.Session;

/// <summary>
/// What a notebook holds between its cells: the model, the dataset, the adapter and the runs. C# cells see it as the variable
/// <c>univg</c>; the commands are thin layers over its methods.
/// </summary>
public sealed partial class UniVGSession : IDisposable
{
    private readonly List<FineTuningRun> _runs = [];
    private readonly List<ModelEvaluation> _evaluations = [];
    private TinyFeatures? _features;
    private int _savedStep;
    private bool _isLoaded;
    private AdapterStart? _start; // null for fresh adapters, and where a resumed run's state does not tell the file
    private bool _broughtPlotly;

    /// <summary>The loaded model, or null.</summary>
    public LoadedModel? Model { get; private set; }

    /// <summary>The dataset that was read, or null.</summary>
    public FineTuningDataset? Dataset { get; private set; }

    /// <summary>The adapter that is trained and saved, or null.</summary>
    public AdapterNetwork? Adapter => Adapters.Own?.Network;

    /// <summary>All adapters that act in the model, the trained one first.</summary>
    public SessionAdapters Adapters { get; } = new();

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

    /// <summary>Loads a model in place of the present one, and forgets the adapters that were attached to that.</summary>
    /// <exception cref="UniVGException">The model cannot be loaded; the present one stays.</exception>
    public LoadedModel LoadModel(string path, ModelOptions? options = null)
    {
        var loaded = OpenModel(path, options);
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

    /// <summary>The resolution in pixels that the model was made for; 512 without a model.</summary>
    public int DefaultResolution => Model?.Pipeline.DefaultSize ?? 512;

    /// <summary>Attaches a fresh adapter to the model, in place of the session's own; others that were added stay.</summary>
    /// <param name="config">Kind and sizes.</param>
    /// <param name="seed">Seeds its start.</param>
    /// <exception cref="UniVGException">There is no model, or the configuration is impossible; the present adapter stays.</exception>
    public AdapterNetwork AttachAdapter(AdapterConfig config, long seed = 1337)
    {
        config.Validate();
        ReplaceOwn(config.Kind, CreateAdapter(RequireModel(), config, seed));
        (AdapterSeed, _isLoaded, _start) = (seed, false, null);
        return Adapter!;
    }

    /// <summary>Applies an adapter file to the model, in place of the session's own adapter; a following run trains it further.</summary>
    /// <param name="path">A file of kohya, LyCORIS, diffusers or peft, or peft's folder.</param>
    /// <param name="options">Strength, and whether a partial match is enough.</param>
    /// <param name="discard">Whether steps of the present adapter that were not saved may be lost.</param>
    /// <exception cref="UniVGException">There is no model, the file does not fit it, or unsaved steps would be lost; the present adapter stays.</exception>
    public AdapterNetwork LoadAdapter(string path, AdapterLoadOptions? options = null, bool discard = false)
    {
        var model = RequireModel();
        if (!discard) RequireSaved();
        Adapters.RequireNew(path, besideOwn: false);
        var start = new AdapterStart(path, options ?? new AdapterLoadOptions());
        ReplaceOwn(NameOf(path), ReadAdapter(model, path, options));
        (_isLoaded, _start) = (true, start);
        return Adapter!;
    }

    /// <summary>Applies an adapter file to the model beside the adapters that are there. It is not trained.</summary>
    /// <param name="path">A file of kohya, LyCORIS, diffusers or peft, or peft's folder.</param>
    /// <param name="options">Strength, and whether a partial match is enough.</param>
    /// <exception cref="UniVGException">There is no model, the file does not fit it, or it is attached already; all others stay.</exception>
    public SessionAdapter AddAdapter(string path, AdapterLoadOptions? options = null)
    {
        var model = RequireModel();
        Adapters.RequireNew(path, besideOwn: true);
        return Adapters.Add(NameOf(path), ReadAdapter(model, path, options));
    }

    /// <summary>Changes the strength of an adapter, at once, also while a run is trained.</summary>
    /// <param name="scale">1 as trained, 0 off.</param>
    /// <param name="name">The adapter; null where there is only one.</param>
    /// <exception cref="UniVGException">There is no such adapter, or the strength is no number.</exception>
    public SessionAdapter ScaleAdapter(double scale, string? name = null)
    {
        RequireFinite(scale);
        var adapter = Adapters.Find(name);
        adapter.Network.Multiplier = scale;
        return adapter;
    }

    /// <summary>Takes an adapter out of the model.</summary>
    /// <param name="name">The adapter; null where there is only one.</param>
    /// <param name="discard">Whether steps that were not saved may be lost.</param>
    /// <exception cref="UniVGException">There is no such adapter, or unsaved steps would be lost.</exception>
    public SessionAdapter DetachAdapter(string? name = null, bool discard = false)
    {
        var adapter = Adapters.Find(name);
        if (adapter.IsOwn && !discard) RequireSaved();
        if (adapter.IsOwn) EndRun();
        Adapters.Detach(adapter);
        return adapter;
    }

    /// <summary>Writes a copy of the model with all attached adapters baked in, in the layout that all Stable Diffusion tools read.</summary>
    /// <param name="path">A .safetensors file.</param>
    /// <param name="ratio">Multiplies the strength of each.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <returns>The adapters, with the strength at which each went in.</returns>
    /// <exception cref="UniVGException">There is no adapter, or the file cannot be written.</exception>
    public IReadOnlyList<(SessionAdapter Adapter, double Strength)> MergeAdapter(string path, double ratio = 1, bool overwrite = false)
    {
        var pipeline = RequireModel().Pipeline;
        Adapters.RequireAny();
        AdapterOutput.RequireWritable(path, overwrite);
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
        (SessionAdapter Adapter, double Strength)[] merged = [.. Adapters.Select(adapter => (adapter, adapter.Scale * ratio))];
        AdapterMerge.Save(
            path, contents, [.. merged.Select(a => (a.Adapter.Network, a.Strength))], extraTensors: new Dictionary<string, Tensor> { ["betas"] = betas });
        return merged;
    }

    /// <summary>Writes a plain LoRA that approximates an attached adapter, as trained (scale 1).</summary>
    /// <param name="path">A .safetensors file.</param>
    /// <param name="options">The LoRA's sizes.</param>
    /// <param name="name">The adapter; null where there is only one.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <param name="onLayer">Told how many of how many layers are done.</param>
    /// <param name="cancellationToken">Looked at before each layer.</param>
    /// <exception cref="UniVGException">There is no such adapter, or the file cannot be written.</exception>
    public ExtractionReport ExtractLora(
        string path, LoraExtractOptions options, string? name = null, bool overwrite = false,
        Action<int, int>? onLayer = null, CancellationToken cancellationToken = default)
    {
        RequireModel();
        var adapter = Adapters.Find(name);
        AdapterOutput.RequireWritable(path, overwrite);
        using var extraction = AdapterExtract.ToLora(adapter.Network, options, onLayer, cancellationToken);
        var source = adapter.IsOwn && Run is { Step: > 0 } run
            ? AdapterMetadata.Of(run, RequireModel().Name, Path.GetFileNameWithoutExtension(path), MetadataDetail.Standard, RequireModel().Path)
            : adapter.Network.LoadReport?.Metadata ?? new Dictionary<string, string>();
        return SaveLora(extraction, path, options, source);
    }

    /// <summary>Writes a plain LoRA that approximates what tells a fine-tuned model from the session's.</summary>
    /// <param name="path">A .safetensors file.</param>
    /// <param name="tunedPath">The fine-tuned model: a checkpoint or a diffusers folder.</param>
    /// <param name="options">The LoRA's sizes.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <param name="onLayer">Told how many of how many layers are done.</param>
    /// <param name="cancellationToken">Looked at before each layer.</param>
    /// <exception cref="UniVGException">There is no model, the other cannot be read or is of another size, or the file cannot be written.</exception>
    public ExtractionReport ExtractDifference(
        string path, string tunedPath, LoraExtractOptions options, bool overwrite = false,
        Action<int, int>? onLayer = null, CancellationToken cancellationToken = default)
    {
        var original = RequireModel().Pipeline;
        options.Validate();
        AdapterOutput.RequireWritable(path, overwrite);
        using var tuned = CheckpointReader.Open(InputPath.Find(tunedPath));
        var (unetWeights, textWeights) = (tuned.UNet.Weights(), tuned.TextEncoder.Weights());
        using var unet = new UNet(original.UNet.Config, unetWeights);
        using var text = new ClipTextEncoder(original.TextEncoder.Config, textWeights);
        foreach (var report in (CheckpointLoadReport[])[unetWeights.Report, textWeights.Report]) report.ThrowIfIncomplete();
        using var extraction = AdapterExtract.Difference(
            (original.UNet.Weights.Layers, original.TextEncoder.Weights.Layers), (unet.Weights.Layers, text.Weights.Layers),
            options, onLayer: onLayer, cancellationToken: cancellationToken);
        return SaveLora(extraction, path, options, new Dictionary<string, string>());
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
        ?? throw new UniVGException("No adapter to train is attached; run '#!univg lora' or '#!univg loha'.");

    /// <inheritdoc/>
    public void Dispose()
    {
        DetachAll();
        Model?.Dispose();
        Model = null;
        _features?.Dispose();
    }

    /// <summary>True the first time it is called: each notebook needs plotly.js once.</summary>
    internal bool TakePlotlyTurn() => !_broughtPlotly && (_broughtPlotly = true);

    private static string NameOf(string path) => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));

    private static ExtractionReport SaveLora(LoraExtraction extraction, string path, LoraExtractOptions options, IReadOnlyDictionary<string, string> source)
    {
        AdapterFile.Save(extraction.Network, path, ScalarType.Float16, AdapterConversion.MetadataOf(extraction, options, source));
        return extraction.Report;
    }

    private static LoadedModel OpenModel(string path, ModelOptions? options) =>
        ModelLoader.Load(path == ModelLoader.TinyName ? path : InputPath.Find(path), options);

    private void TakeModel(LoadedModel loaded)
    {
        DetachAll();
        Model?.Dispose();
        Model = loaded;
    }

    private static AdapterNetwork ReadAdapter(LoadedModel model, string path, AdapterLoadOptions? options)
    {
        if (options is not null) RequireFinite(options.Multiplier);
        return AdapterFile.Read(path, model.Pipeline.UNet.Weights.Layers, model.Pipeline.TextEncoder.Weights.Layers, options);
    }

    private static AdapterNetwork CreateAdapter(LoadedModel model, AdapterConfig config, long seed) =>
        AdapterNetwork.Create(config, model.Pipeline.UNet.Weights.Layers, model.Pipeline.TextEncoder.Weights.Layers, seed);

    private static void RequireFinite(double scale)
    {
        if (!double.IsFinite(scale)) throw new UniVGException($"The adapter's scale is {scale}; it must be a number (1 is the adapter as trained).");
    }

    private void RequireSaved()
    {
        if (!IsSaved)
            throw new UniVGException($"The present adapter has {Run!.Step - _savedStep} steps that are not saved; run '#!univg save' first, or add --discard to lose them.");
    }

    private void ReplaceOwn(string name, AdapterNetwork network)
    {
        EndRun();
        Adapters.ReplaceOwn(name, network);
    }

    private void DetachAll()
    {
        EndRun();
        foreach (var adapter in Adapters.ToList()) Adapters.Detach(adapter);
    }
}
