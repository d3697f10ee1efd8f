using UniVG.Finetuning.Adapters.Dora;
using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>
/// The name of a tensor in an adapter file, taken apart: which adapter, which of its tensors, in whose notation. kohya and LyCORIS
/// write <c>lora_unet_mid_block_….lora_down.weight</c>, diffusers <c>unet.mid_block.….lora.down.weight</c> (earlier
/// <c>….processor.to_q_lora.down.weight</c>), peft <c>base_model.model.mid_block.….lora_A.weight</c>.
/// </summary>
/// <param name="Module">The adapter's name as kohya writes it.</param>
/// <param name="Suffix">The tensor's name as kohya and LyCORIS write it.</param>
/// <param name="Naming">Whose notation the key has.</param>
internal sealed record AdapterKey(string Module, string Suffix, AdapterNaming Naming)
{
    /// <summary>The suffix of the scale's numerator.</summary>
    public const string Alpha = "alpha";

    /// <summary>peft's suffix of the magnitudes of DoRA, which have shapes of their own there.</summary>
    public const string PeftMagnitude = "lora_magnitude_vector";

    private const string PeftPrefix = "base_model.model.";

    private static readonly (string Ending, string Suffix, AdapterNaming Naming)[] LoraEndings =
    [
        (".lora_linear_layer.down.weight", "lora_down.weight", AdapterNaming.Diffusers),
        (".lora_linear_layer.up.weight", "lora_up.weight", AdapterNaming.Diffusers),
        (".lora.down.weight", "lora_down.weight", AdapterNaming.Diffusers),
        (".lora.up.weight", "lora_up.weight", AdapterNaming.Diffusers),
        ("_lora.down.weight", "lora_down.weight", AdapterNaming.Diffusers),
        ("_lora.up.weight", "lora_up.weight", AdapterNaming.Diffusers),
        (".lora_A.weight", "lora_down.weight", AdapterNaming.Peft),
        (".lora_B.weight", "lora_up.weight", AdapterNaming.Peft),
        (".lora_magnitude_vector", PeftMagnitude, AdapterNaming.Peft),
        (".lora_magnitude_vector.weight", PeftMagnitude, AdapterNaming.Peft),
    ];

    private static readonly (string Prefix, string Target)[] Components =
    [
        (TargetModules.UNetPrefix, TargetModules.UNetPrefix),
        (TargetModules.TextEncoderPrefix, TargetModules.TextEncoderPrefix),
        ("lora_te1_", TargetModules.TextEncoderPrefix),
        ("unet.", TargetModules.UNetPrefix),
        ("text_encoder.", TargetModules.TextEncoderPrefix),
        ("text_model.", TargetModules.TextEncoderPrefix + "text_model_"),
    ];

    /// <summary>Takes a name apart; null where it is not an adapter's.</summary>
    public static AdapterKey? Parse(string key)
    {
        // peft names the adapter within its own files: lora_A.default.weight.
        var plain = key.Replace(".default.", ".", StringComparison.Ordinal);
        foreach (var (ending, suffix, naming) in LoraEndings)
            if (plain.EndsWith(ending, StringComparison.Ordinal)) return new AdapterKey(Name(plain[..^ending.Length]), suffix, naming);

        var known = KnownAdapters.Methods.SelectMany(method => method.Suffixes).Append(Alpha).Append(DoraAdapter.MagnitudeSuffix)
            .FirstOrDefault(suffix => plain.EndsWith("." + suffix, StringComparison.Ordinal));
        return known is null ? null : new AdapterKey(Name(plain[..^(known.Length + 1)]), known, NamingOf(plain));
    }

    private static AdapterNaming NamingOf(string key) => key.Contains(PeftPrefix, StringComparison.Ordinal)
        ? AdapterNaming.Peft
        : key.StartsWith("lora_", StringComparison.Ordinal) ? AdapterNaming.Kohya : AdapterNaming.Diffusers;

    private static string Name(string module)
    {
        var path = module.StartsWith(PeftPrefix, StringComparison.Ordinal) ? module[PeftPrefix.Length..] : module;
        var known = Components.Where(c => path.StartsWith(c.Prefix, StringComparison.Ordinal));
        var (prefix, target) = known.Append((Prefix: "", Target: TargetModules.UNetPrefix)).First();
        path = path[prefix.Length..];
        return target + LayerPath(path.StartsWith(PeftPrefix, StringComparison.Ordinal) ? path[PeftPrefix.Length..] : path).Replace('.', '_');
    }

    // diffusers once kept LoRA layers in attention processors, under names of their own.
    private static string LayerPath(string path)
    {
        path = path.Replace(".processor.", ".", StringComparison.Ordinal);
        if (path.EndsWith(".to_out", StringComparison.Ordinal)) path += ".0";
        if (!path.Contains(".self_attn.to_", StringComparison.Ordinal)) return path;
        return path.Replace(".self_attn.to_out.0", ".self_attn.out_proj", StringComparison.Ordinal)
            .Replace(".self_attn.to_q", ".self_attn.q_proj", StringComparison.Ordinal)
            .Replace(".self_attn.to_k", ".self_attn.k_proj", StringComparison.Ordinal)
            .Replace(".self_attn.to_v", ".self_attn.v_proj", StringComparison.Ordinal);
    }
}
