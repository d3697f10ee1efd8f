namespace UniVG.Finetuning.Training.Cost;

/// <summary>Which layers gradient checkpointing computes again together: a residual block with its attention, the middle, a layer of the text encoder.</summary>
internal static class BlockPaths
{
    /// <summary>The block of a layer of the UNet; empty for what is in none.</summary>
    /// <param name="path">The layer's diffusers path, such as <c>down_blocks.0.attentions.1.proj_in</c>.</param>
    public static string OfUNet(string path) => path.Split('.') switch
    {
        ["mid_block", ..] => "mid_block",
        [var side, var level, "attentions" or "resnets", var index, ..] => $"{side}.{level}.{index}",
        _ => "",
    };

    /// <summary>The block of a layer of the text encoder, such as <c>text_model.encoder.layers.3</c>; empty for what is in none.</summary>
    public static string OfTextEncoder(string path)
    {
        const string Layers = "layers.";
        var start = path.IndexOf(Layers, StringComparison.Ordinal);
        return start < 0 ? "" : path[..path.IndexOf('.', start + Layers.Length)];
    }

    /// <summary>Whether a layer's input is that of its block, a layer of the text encoder included.</summary>
    public static bool IsEntry(string path) => path.EndsWith("q_proj", StringComparison.Ordinal)
        || (path.EndsWith("conv1", StringComparison.Ordinal) && !path.StartsWith("mid_block.resnets.1", StringComparison.Ordinal));
}
