namespace UniVG.Diffusion.Checkpoints;

/// <summary>Older spellings of diffusers and transformers names, brought to today's.</summary>
internal static class DiffusersNames
{
    // Renamed in diffusers 0.15.
    private static readonly (string Old, string New)[] VaeAttention =
        [(".query.", ".to_q."), (".key.", ".to_k."), (".value.", ".to_v."), (".proj_attn.", ".to_out.0.")];

    private static readonly string[] TextModules = ["embeddings.", "encoder.", "final_layer_norm."];

    public static string Vae(string key)
    {
        foreach (var (old, today) in VaeAttention)
        {
            if (key.Contains($".attentions.0{old}", StringComparison.Ordinal)) return key.Replace(old, today, StringComparison.Ordinal);
        }

        return key;
    }

    public static string TextEncoder(string key) =>
        TextModules.Any(module => key.StartsWith(module, StringComparison.Ordinal)) ? $"text_model.{key}" : key;
}
