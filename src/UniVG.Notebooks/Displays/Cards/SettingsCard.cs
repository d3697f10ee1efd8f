using System.Globalization;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Settings;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows what was asked for: how to train, what to attach, what to draw.</summary>
public static class SettingsCard
{
    /// <summary>All settings of a training with what they mean.</summary>
    public static Card Of(TrainingConfig config) => new("Training settings")
    {
        Tables =
        [
            new Table(
                [new("setting"), new("value"), new("meaning")],
                [.. TrainingSettings.All.Select(setting => new[] { setting.Name, setting.Read(config), setting.Meaning })]),
        ],
        Notes = ["They are the options of '#!univg train', by the same names."],
    };

    /// <summary>Kind, sizes and reach of an adapter that is not attached yet.</summary>
    public static Card Of(AdapterConfig config) => new(AdapterCard.Title(config))
    {
        Facts =
        [
            new("targets", AdapterCard.Targets(config) + (config.TextEncoder ? ", text encoder too" : ", UNet only")),
            new("scale", FormattableString.Invariant($"{Scale(config):0.####}{(config.RankStabilized ? ", alpha / √dim" : ", alpha / dim")}")),
            new("dropout", FormattableString.Invariant($"{config.Dropout}, of ranks {config.RankDropout}, of modules {config.ModuleDropout}")),
        ],
    };

    /// <summary>What pictures are asked for.</summary>
    public static Card Of(ImageRequest request) => new($"“{ShortText.Of(request.Prompt)}”")
    {
        Facts =
        [
            .. ShortText.Of(request.Prompt) == request.Prompt ? [] : new KeyValuePair<string, string>[] { new("prompt", request.Prompt) },
            new("not", request.NegativePrompt.Length > 0 ? request.NegativePrompt : "nothing excluded"),
            new("pictures", FormattableString.Invariant($"{request.Count}, seeds from {request.Seed}")),
            new("size", request is { Width: { } width, Height: { } height } ? FormattableString.Invariant($"{width} × {height}") : "the model's own"),
            new("sampler", FormattableString.Invariant($"{request.Sampler}, {request.Steps} steps, guidance {request.GuidanceScale}")),
        ],
    };

    /// <summary>One step.</summary>
    public static Card Of(StepReport report) => new(string.Create(CultureInfo.InvariantCulture, $"Step {report.Step} of {report.TotalSteps}"))
    {
        Facts =
        [
            new("loss", DisplayFormat.Loss(report.Loss)),
            new("epoch", report.Epoch.ToString(CultureInfo.InvariantCulture)),
            new("learning rates", $"UNet {DisplayFormat.LearningRate(report.LearningRate)}, text encoder {DisplayFormat.LearningRate(report.TextEncoderLearningRate)}"),
            new("took", string.Create(CultureInfo.InvariantCulture, $"{report.Seconds:0.###} s")),
        ],
    };

    private static double Scale(AdapterConfig config) => config.Alpha / (config.RankStabilized ? Math.Sqrt(config.Dim) : config.Dim);
}
