using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary>The options with which <c>train</c> and <c>step</c> begin a run.</summary>
internal sealed class RunOptions
{
    // SD-Trainer's default rates are 1e-4 and 1e-5.
    private const double TextEncoderFraction = 10;

    private readonly Option<int?> _epochs = OptionFactory.Integer("--epochs", "passes over the dataset, instead of --steps");
    private readonly Option<int?> _batch = OptionFactory.Integer("--batch", "images a step; default 2 for LoRA, 1 for LoHA");
    private readonly Option<double?> _lr = OptionFactory.Number("--lr", "learning rate of the UNet; default 1e-4", minAllowed: false);
    private readonly Option<double?> _textLr = OptionFactory.Number("--text-lr", "learning rate of the text encoder, 0 to leave it; default a tenth of --lr");
    private readonly Option<string?> _scheduler = OptionFactory.Choice("--scheduler", "course of the learning rate; default cosine", LearningRateSchedule.Names);
    private readonly Option<int?> _warmup = OptionFactory.Integer("--warmup", "steps over which the rate rises from 0; default 0", min: 0);
    private readonly Option<double?> _weightDecay = OptionFactory.Number("--weight-decay", "AdamW's decay of the weights; default 0.01");
    private readonly Option<double?> _maxGradNorm = OptionFactory.Number("--max-grad-norm", "clips the gradients' joint norm, 0 does not; default 1");
    private readonly Option<double?> _minSnrGamma = OptionFactory.Number("--min-snr-gamma", "weights the loss by min(SNR, X)/SNR; 5 is usual, default off", minAllowed: false);
    private readonly Option<double?> _noiseOffset = OptionFactory.Number("--noise-offset", "adds a constant offset to each channel's noise; default 0");
    private readonly Option<int?> _clipSkip = OptionFactory.Integer("--clip-skip", "text encoder layer, counted from the last; default 1, as UniVG was trained (SD-Trainer: 2)");
    private readonly Option<int?> _maxTokenLength = OptionFactory.Integer("--max-token-length", "tokens of a caption that count: 75, 150 or 225; default 75");
    private readonly Option<int?> _seed = OptionFactory.Integer("--seed", "seeds order, noise and timesteps; default 1337", min: 0);
    private readonly Option<string?> _output = OptionFactory.Text("--output", "folder for the finished adapter; default output", "DIR");
    private readonly Option<string?> _name = OptionFactory.Text("--name", "its file name without ending; default model_lora or model_loha");
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace an adapter file of that name");

    /// <summary>Creates the options and adds them to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="steps">The option that plans the number of steps, which the two commands name differently.</param>
    public RunOptions(Command command, Option<int?> steps)
    {
        Steps = steps;
        foreach (var option in All) command.Options.Add(option);
    }

    private Option<int?> Steps { get; }

    private Option[] All =>
    [
        Steps, _epochs, _batch, _lr, _textLr, _scheduler, _warmup, _weightDecay, _maxGradNorm, _minSnrGamma, _noiseOffset, _clipSkip,
        _maxTokenLength, _seed, _output, _name, _overwrite,
    ];

    /// <summary>The options that a line gives.</summary>
    public IEnumerable<string> Given(ParseResult arguments) => All.Where(o => arguments.GetResult(o) is { Implicit: false }).Select(o => o.Name);

    /// <summary>The configuration: what the line gives, else the guide's values for the kind of adapter.</summary>
    public TrainingConfig ReadConfig(ParseResult arguments, AdapterConfig adapter, long adapterSeed)
    {
        var defaults = adapter.Kind == "loha" ? TrainingConfig.Loha : new TrainingConfig();
        var rate = arguments.GetValue(_lr) ?? defaults.LearningRate;
        return defaults with
        {
            Steps = arguments.GetValue(Steps) ?? defaults.Steps,
            Epochs = arguments.GetValue(_epochs),
            BatchSize = arguments.GetValue(_batch) ?? defaults.BatchSize,
            LearningRate = rate,
            TextEncoderLearningRate = arguments.GetValue(_textLr) ?? rate / TextEncoderFraction,
            Scheduler = arguments.GetValue(_scheduler) ?? defaults.Scheduler,
            WarmupSteps = arguments.GetValue(_warmup) ?? defaults.WarmupSteps,
            WeightDecay = arguments.GetValue(_weightDecay) ?? defaults.WeightDecay,
            MaxGradientNorm = arguments.GetValue(_maxGradNorm) ?? defaults.MaxGradientNorm,
            MinSnrGamma = arguments.GetValue(_minSnrGamma),
            NoiseOffset = arguments.GetValue(_noiseOffset) ?? defaults.NoiseOffset,
            ClipSkip = arguments.GetValue(_clipSkip) ?? defaults.ClipSkip,
            MaxTokenLength = arguments.GetValue(_maxTokenLength) ?? defaults.MaxTokenLength,
            Seed = arguments.GetValue(_seed) ?? adapterSeed,
        };
    }

    /// <summary>Where the finished adapter goes.</summary>
    /// <exception cref="UniVGException">The name is no plain file name.</exception>
    public AdapterOutput ReadOutput(ParseResult arguments, AdapterConfig adapter)
    {
        var name = arguments.GetValue(_name) ?? AdapterOutput.DefaultName(adapter);
        if (name.Length == 0 || Path.GetFileName(name) != name)
            throw new UniVGException($"--name is '{name}'; it must be a file name without folder, such as {AdapterOutput.DefaultName(adapter)}.");
        return new AdapterOutput(
            Path.Combine(arguments.GetValue(_output) ?? AdapterOutput.DefaultFolder, name + AdapterOutput.Extension), arguments.GetValue(_overwrite));
    }
}
