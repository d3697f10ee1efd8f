using UniVG.Diffusion;
using UniVG.Finetuning.Training;

namespace UniVG.Finetuning.Configuration;

/// <summary>Keys that say which model to load, and how.</summary>
internal static class ModelKeys
{
    /// <summary>The keys; those that begin with <c>univg_</c> are ours, and kohya's trainer passes them over.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        new("pretrained_model_name_or_path", (v, d) => d with { ModelPath = v.TextOrNone() }, d => d.ModelPath),
        new("v2", (v, d) => v.Flag() ? throw v.Error("is true; only models of the Stable Diffusion 1.x family can be trained") : d, _ => false),
        new("vae", (v, d) => WithModel(d, m => m with { VaePath = v.TextOrNone() }), d => d.Model.VaePath),
        new("mixed_precision", (v, d) => WithModel(d, m => m with { Precision = PrecisionOf(v) }), d => d.Model.Precision switch
        {
            "fp32" => "no",
            "auto" => null,
            var half => half,
        }),
        new("univg_schedule", (v, d) => WithModel(d, m => m with { Schedule = v.Text() }), d => d.Model.Schedule == new ModelOptions().Schedule ? null : d.Model.Schedule),
        new("univg_tokenizer", (v, d) => WithModel(d, m => m with { TokenizerPath = v.TextOrNone() }), d => d.Model.TokenizerPath),
        new("univg_precision", (v, d) => WithModel(d, m => m with { Precision = v.Text() }), d => d.Model.Precision == "auto" ? "auto" : null),
    ];

    private static RunDefinition WithModel(RunDefinition definition, Func<ModelOptions, ModelOptions> change) =>
        definition with { Model = change(definition.Model) };

    private static string PrecisionOf(ConfigValue value) => value.Text() switch
    {
        "no" or "" => "fp32",
        "fp16" => "fp16",
        "bf16" => "bf16",
        _ => throw value.Error($"is \"{value.Text()}\"; it must be no, fp16 or bf16"),
    };
}
