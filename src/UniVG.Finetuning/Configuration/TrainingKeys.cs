using System.Globalization;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Settings;

namespace UniVG.Finetuning.Configuration;

/// <summary>Keys that say how to train: one for each of <see cref="TrainingSettings"/>, and a few that kohya spells otherwise.</summary>
internal static class TrainingKeys
{
    private const int LongestPrompt = 225;

    // Keys whose values kohya writes in another way than we do.
    private static readonly ConfigKey[] Special =
    [
        new("learning_rate", (v, d) => Set(d, t => t with { LearningRate = v.Number(), TextEncoderLearningRate = v.Number() }), d => d.Training.LearningRate),
        new("unet_lr", (v, d) => Set(d, t => t with { LearningRate = v.Number() }), d => d.Training.LearningRate),
        new("text_encoder_lr", (v, d) => Set(d, t => t with { TextEncoderLearningRate = v.Number() }), d => d.Training.TextEncoderLearningRate),
        new("optimizer_args", (v, d) => Set(d, t => t with { OptimizerArguments = v.Texts() }), d => d.Training.OptimizerArguments is { Count: > 0 } all ? all : null),
        new("use_8bit_adam", (v, d) => v.Flag() ? Set(d, t => t with { Optimizer = "AdamW8bit" }) : d),
        new("use_lion_optimizer", (v, d) => v.Flag() ? Set(d, t => t with { Optimizer = "Lion" }) : d),

        // SD-Trainer writes 255, which acts like 225.
        new("max_token_length", (v, d) => v.IsOff ? d : Set(d, t => t with { MaxTokenLength = v.Whole() > LongestPrompt ? LongestPrompt : v.Whole() }),
            d => d.Training.MaxTokenLength == 75 ? null : d.Training.MaxTokenLength),
        new("clip_skip", (v, d) => v.IsOff ? d : Set(d, t => t with { ClipSkip = v.Whole() }), d => d.Training.ClipSkip),
        new("sample_prompts", (v, d) => v.IsOff ? d : Set(d, t => t with { SamplePrompt = PromptOf(v) })),

        // kohya's trainer divides by these two: 0 is left out, or has a key of our own.
        new("sample_every_n_steps", (v, d) => v.IsOff ? d : Set(d, t => t with { SampleEvery = v.Whole() }), d => d.Training.SampleEvery == 0 ? null : d.Training.SampleEvery),
        new("validate_every_n_steps", (v, d) => v.IsOff ? d : Set(d, t => t with { ValidateEvery = v.Whole() }), d => d.Training.ValidateEvery is null or 0 ? null : d.Training.ValidateEvery),
        new("univg_validate", (v, d) => v.Flag() ? d : Set(d, t => t with { ValidateEvery = 0 }), d => d.Training.ValidateEvery == 0 ? false : null),
        new("univg_sample_prompt", (v, d) => Set(d, t => t with { SamplePrompt = v.TextOrNone() }), d => d.Training.SamplePrompt),
    ];

    /// <summary>The keys.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        .. Special,
        .. TrainingSettings.All.Where(setting => setting.KohyaKey != NetworkArguments.LoraPlusRatio && Special.All(key => key.Name != setting.KohyaKey)).Select(Of),
    ];

    private static ConfigKey Of(TrainingSetting setting) => new(
        setting.KohyaKey,
        (v, d) => v.Text().Length == 0 ? d : v.Checked(() => Set(d, t => setting.Write(t, v.Text()))),
        d => Value(setting, setting.Read(d.Training)));

    // As a number or a bool where it is one; what is off is left out.
    private static object? Value(TrainingSetting setting, string text)
    {
        if (setting is FlagSetting) return text == "true" ? true : null;
        if (setting is not NumberSetting number) return text.Length == 0 ? null : text;
        if (text == number.None) return null;
        return number.IsWhole ? long.Parse(text, CultureInfo.InvariantCulture) : double.Parse(text, CultureInfo.InvariantCulture);
    }

    private static RunDefinition Set(RunDefinition definition, Func<TrainingConfig, TrainingConfig> change) =>
        definition with { Training = change(definition.Training) };

    // kohya's prompt files have one prompt a line, options such as --n or --w after it.
    private static string PromptOf(ConfigValue value)
    {
        var path = value.Text();
        try
        {
            var line = File.ReadLines(path).Select(text => text.Trim()).FirstOrDefault(text => text.Length > 0 && text[0] != '#')
                ?? throw value.Error($"names '{path}', which holds no prompt");
            return line.Split(" --", 2)[0].Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException(value.Error($"names '{path}', which cannot be read; give a text file with a prompt a line, or leave the key out").Message, e);
        }
    }
}
