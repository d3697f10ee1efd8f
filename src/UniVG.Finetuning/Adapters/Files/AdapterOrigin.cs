using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>Recognises adapters of other architectures, whose files look alike, by their names, shapes and metadata.</summary>
internal static class AdapterOrigin
{
    private const string DiffusionXL = "Stable Diffusion XL";
    private const string Diffusion2 = "Stable Diffusion 2.x";

    // Parts of names that Stable Diffusion 1.x does not have.
    private static readonly (string Part, string Origin)[] ForeignNames =
    [
        ("lora_te2_", DiffusionXL),
        ("text_encoder_2", DiffusionXL),
        ("unet_input_blocks_", DiffusionXL),
        ("transformer_blocks_1_", DiffusionXL),
        ("joint_blocks", "Stable Diffusion 3"),
        ("double_blocks", "FLUX"),
        ("single_transformer_blocks", "FLUX"),
        ("text_model_encoder_layers_12_", Diffusion2),
    ];

    // The beginnings of kohya's ss_base_model_version.
    private static readonly (string Start, string Origin)[] Versions =
        [("sdxl", DiffusionXL), ("sd_v2", Diffusion2), ("sd3", "Stable Diffusion 3"), ("flux", "FLUX")];

    /// <summary>The foreign architecture that a file was made for; null where nothing speaks against Stable Diffusion 1.x.</summary>
    public static string? Foreign(AdapterModules modules) =>
        ForeignNames.FirstOrDefault(name => modules.Names.Any(module => module.Contains(name.Part, StringComparison.Ordinal))).Origin
            ?? OfContext(modules) ?? OfMetadata(modules.File.Metadata);

    // The width of the text that the UNet attends to: 768 in 1.x.
    private static string? OfContext(AdapterModules modules)
    {
        if (modules.Names.FirstOrDefault(name => name.EndsWith("_attn2_to_k", StringComparison.Ordinal)) is not { } name) return null;
        return modules.MethodOf(name).Size(modules.Of(name)).Columns switch { 1024 => Diffusion2, 2048 => DiffusionXL, _ => null };
    }

    private static string? OfMetadata(IReadOnlyDictionary<string, string> metadata) => metadata.TryGetValue("ss_base_model_version", out var version)
        ? Versions.FirstOrDefault(v => version.StartsWith(v.Start, StringComparison.Ordinal)).Origin
        : null;
}
