using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Text;

namespace UniVG.Diffusion;

/// <summary>Loads whole models: checkpoint files and diffusers folders.</summary>
public static class ModelLoader
{
    /// <summary>The name under which the embedded model is loaded.</summary>
    public const string TinyName = "tiny";

    /// <summary>The folder of the embedded model: next to the program, or in the NuGet package that a script loaded.</summary>
    public static string TinyFolder { get; } = FindTinyFolder();

    /// <summary>Loads a model.</summary>
    /// <param name="path">A .safetensors or .ckpt file, a diffusers folder, or <see cref="TinyName"/>.</param>
    /// <param name="options">Device, precision, schedule; null takes the defaults.</param>
    /// <exception cref="UniVGException">The model or an option cannot be used; the message says why.</exception>
    public static LoadedModel Load(string path, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        options ??= new ModelOptions();
        TorchRuntime.EnsureLoaded();
        var model = ComputeThread.RunOnce(() => Read(path, options));
        ComputeThreads.ChooseFor(model.Pipeline.UNet.Weights.ParameterCount);
        return model;
    }

    private static LoadedModel Read(string path, ModelOptions options)
    {
        var (device, precision) = ComputePlace.Choose(options.Device, options.Precision);
        var isTiny = path == TinyName;
        using var checkpoint = CheckpointReader.Open(isTiny ? TinyFolder : path, new CheckpointOptions
        {
            VaePath = options.VaePath,
            UNetHeads = options.UNetHeads,
            TextEncoderHeads = options.TextEncoderHeads,
        });
        var textConfig = ClipTextConfig.FromJson(checkpoint.TextEncoder.ConfigJson);
        var vocabulary = TokenizerVocabulary.Find(options.TokenizerPath, checkpoint.TokenizerFolder);
        var schedule = ScheduleChoice.Choose(options.Schedule, checkpoint);

        var unetWeights = checkpoint.UNet.Weights(device, precision);
        var vaeWeights = checkpoint.Vae.Weights(device);
        var textWeights = checkpoint.TextEncoder.Weights(device, precision);
        var unet = new UNet(UNetConfig.FromJson(checkpoint.UNet.ConfigJson), unetWeights);
        var vae = new AutoencoderKL(AutoencoderKLConfig.FromJson(checkpoint.Vae.ConfigJson), vaeWeights);
        var text = new ClipTextEncoder(textConfig, textWeights);

        // A report is complete only after its model has taken the weights.
        CheckpointLoadReport[] reports = [unetWeights.Report, vaeWeights.Report, textWeights.Report];
        foreach (var report in reports) report.ThrowIfIncomplete();

        return new LoadedModel(
            isTiny ? "univg-tiny" : Path.GetFileNameWithoutExtension(path.TrimEnd(Path.DirectorySeparatorChar)),
            checkpoint.Path,
            new StableDiffusion(new ClipTokenizer(vocabulary), text, unet, vae, schedule),
            [.. ScheduleChoice.Warnings(schedule), .. KeyWarnings(checkpoint, reports), .. VocabularyWarnings(vocabulary, textConfig)])
        {
            IgnoredKeys = [.. checkpoint.Ignored.Except(ScheduleBuffers.Keys)],
            Options = options,
        };
    }

    private static string FindTinyFolder()
    {
        const string Folder = "univg-tiny";
        var program = Path.Combine(AppContext.BaseDirectory, Folder);

        // PACKAGE/lib/net10.0/UniVG.Diffusion.dll
        var package = Path.Combine(Path.GetDirectoryName(typeof(ModelLoader).Assembly.Location)!, "..", "..", Folder);
        return Directory.Exists(program) || !Directory.Exists(package) ? program : Path.GetFullPath(package);
    }

    private static IEnumerable<string> KeyWarnings(Checkpoint checkpoint, IReadOnlyList<CheckpointLoadReport> reports)
    {
        string[] unexpected = [.. checkpoint.Unexpected, .. reports.SelectMany(r => r.Unexpected)];
        if (unexpected.Length > 0) yield return $"{unexpected.Length} keys of the file belong to nothing known and were left out: {CheckpointLoadReport.FirstFew(unexpected)}.";
        string[] nonFinite = [.. reports.SelectMany(r => r.NonFinite)];
        if (nonFinite.Length > 0) yield return $"{nonFinite.Length} weights hold NaN or infinity, so pictures and training will fail: {CheckpointLoadReport.FirstFew(nonFinite)}.";
    }

    private static IEnumerable<string> VocabularyWarnings(ClipVocabulary vocabulary, ClipTextConfig textConfig)
    {
        if (vocabulary.Ids.Count != textConfig.VocabSize)
            yield return $"The tokenizer has {vocabulary.Ids.Count} tokens but the text encoder knows {textConfig.VocabSize}, so it is not the model's own; pass that with --tokenizer.";
    }
}
