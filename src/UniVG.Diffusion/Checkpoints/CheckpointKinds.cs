namespace UniVG.Diffusion.Checkpoints;

/// <summary>Tells the kind of a file of tensors from its keys and shapes, never from its name.</summary>
public static class CheckpointKinds
{
    private const string FirstConv = $"{LdmKeyMap.UNetPrefix}input_blocks.0.0.weight";

    // What only an adapter's keys end in: kohya's and PEFT's LoRA, LyCORIS' LoHA, LoKr, (IA)³ and GLoRA.
    private static readonly string[] AdapterEndings =
    [
        ".lora_down.weight", ".lora_up.weight", ".lora_A.weight", ".lora_B.weight", ".lora.down.weight", ".lora.up.weight",
        ".hada_w1_a", ".hada_w2_a", ".lokr_w1", ".lokr_w1_a", ".lokr_w2", ".on_input", ".a1.weight", ".dora_scale",
    ];

    /// <summary>The kind of <paramref name="file"/>.</summary>
    public static CheckpointKind Detect(ITensorFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var keys = file.Tensors.Keys;
        if (keys.Any(IsAdapterKey)) return CheckpointKind.Adapter;
        if (keys.Any(k => k.StartsWith("string_to_param.", Ordinal) || k is "emb_params")) return CheckpointKind.Embedding;
        if (Any(keys, "conditioner.embedders.", $"{LdmKeyMap.UNetPrefix}label_emb.")) return CheckpointKind.StableDiffusionXL;
        if (keys.Any(k => k.Contains("joint_blocks.0.", Ordinal) || k.Contains("double_blocks.0.", Ordinal)))
        {
            return CheckpointKind.DiffusionTransformer;
        }

        // A UniVG ControlNet stage carries control_model.* beside the whole model: that is still a model.
        return Any(keys, LdmKeyMap.UNetPrefix) ? DetectLdm(file) : DetectPart(keys);
    }

    /// <summary>Refuses a file that is not a base model, saying what it is and what to do with it.</summary>
    /// <exception cref="CheckpointException">The kind is any but <see cref="CheckpointKind.StableDiffusion1"/>.</exception>
    public static void ThrowUnlessBaseModel(ITensorFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var reason = Detect(file) switch
        {
            CheckpointKind.StableDiffusion1 => null,
            CheckpointKind.StableDiffusion2 => "is a Stable Diffusion 2.x model; only 1.x models can be used, so choose one of those",
            CheckpointKind.StableDiffusionXL => "is a Stable Diffusion XL model; only 1.x models can be used, so choose one of those",
            CheckpointKind.DiffusionTransformer => "is a diffusion transformer (SD 3 or FLUX); only Stable Diffusion 1.x models can be used",
            CheckpointKind.Inpainting =>
                "is an inpainting or image-editing model, whose UNet takes more channels than it gives; choose the plain model it was made from",
            CheckpointKind.ControlNet => "is a ControlNet without the model it controls; choose the base model instead",
            CheckpointKind.Adapter =>
                "is an adapter (LoRA, LoHA or the like), not a base model; load a base model first, then this file as its adapter",
            CheckpointKind.Vae => "is a VAE alone; give it as the VAE of a base model",
            CheckpointKind.UNet => "is the UNet of a diffusers folder; give the folder that holds model_index.json",
            CheckpointKind.TextEncoder => "is a text encoder alone; give the whole model",
            CheckpointKind.Embedding => "is a textual-inversion embedding, not a base model",
            _ => $"holds no Stable Diffusion model ({Contents(file)})",
        };
        if (reason is not null) throw new CheckpointException($"'{file.Path}' {reason}.", file.Path);
    }

    internal static string Contents(ITensorFile file) => file.Tensors.Count == 0
        ? "it has no tensors at all"
        : $"its {file.Tensors.Count} tensors are {CheckpointLoadReport.FirstFew(file.Tensors.Keys)}";

    private static StringComparison Ordinal => StringComparison.Ordinal;

    private static bool IsAdapterKey(string key) =>
        key.StartsWith("lora_unet_", Ordinal) || key.StartsWith("lora_te", Ordinal) || AdapterEndings.Any(e => key.EndsWith(e, Ordinal));

    private static CheckpointKind DetectLdm(ITensorFile file)
    {
        if (Any(file.Tensors.Keys, "cond_stage_model.model.") || HasLinearProjection(file)) return CheckpointKind.StableDiffusion2;
        return file.Tensors.TryGetValue(FirstConv, out var conv) && conv.Shape is [_, 8 or 9, ..]
            ? CheckpointKind.Inpainting
            : CheckpointKind.StableDiffusion1;
    }

    // SD 2.x projects into its transformers by linear layers, 1.x by 1×1 convolutions.
    private static bool HasLinearProjection(ITensorFile file) => file.Tensors.Any(t =>
        t.Key.StartsWith(LdmKeyMap.UNetPrefix, Ordinal) && t.Key.EndsWith(".1.proj_in.weight", Ordinal) && t.Value.Shape.Count == 2);

    private static CheckpointKind DetectPart(IEnumerable<string> keys)
    {
        if (Any(keys, "control_model.", "controlnet_cond_embedding.", "input_hint_block.")) return CheckpointKind.ControlNet;
        if (Any(keys, "down_blocks.", "mid_block.")) return CheckpointKind.UNet;
        if (Any(keys, LdmKeyMap.VaePrefix, "encoder.conv_in.", "decoder.conv_in.")) return CheckpointKind.Vae;
        return Any(keys, "text_model.", LdmKeyMap.TextEncoderPrefix, "embeddings.token_embedding.")
            ? CheckpointKind.TextEncoder
            : CheckpointKind.Unknown;
    }

    private static bool Any(IEnumerable<string> keys, params string[] prefixes) =>
        keys.Any(key => prefixes.Any(prefix => key.StartsWith(prefix, Ordinal)));
}
