using System.Globalization;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Model;

namespace UniVG.Finetuning.Training.Cost;

/// <summary>At how many positions a layer of the UNet is computed for one image: pixels of its level's latents, tokens of the text, or one.</summary>
/// <param name="config">Its levels.</param>
/// <param name="height">Height of the latents.</param>
/// <param name="width">Width of the latents.</param>
internal sealed class LayerPlace(UNetConfig config, int height, int width)
{
    /// <summary>Tokens of a caption of one chunk.</summary>
    public const int TextTokens = 77;

    /// <summary>The positions of a layer, by its diffusers path.</summary>
    public long PositionsOf(AdaptableLayer layer)
    {
        var path = layer.Path;
        if (path.Contains("time_emb", StringComparison.Ordinal)) return 1;
        return IsOfText(path) ? TextTokens : PixelsOf(path);
    }

    /// <summary>The pixels at the level of a path.</summary>
    public long PixelsOf(string path)
    {
        var level = LevelOf(path);
        var (h, w) = (height, width);
        for (var i = 0; i < level; i++) (h, w) = ((h + 1) / 2, (w + 1) / 2);
        return (long)h * w;
    }

    private static bool IsOfText(string path) =>
        path.EndsWith("attn2.to_k", StringComparison.Ordinal) || path.EndsWith("attn2.to_v", StringComparison.Ordinal);

    private int LevelOf(string path)
    {
        var last = config.BlockOutChannels.Count - 1;
        var parts = path.Split('.');
        if (parts[0] == "mid_block") return last;
        if (parts[0] is not ("down_blocks" or "up_blocks")) return 0;
        var block = int.Parse(parts[1], CultureInfo.InvariantCulture);

        // What halves is computed at the size it makes, what doubles too.
        return parts[0] == "down_blocks" ? block + (parts[2] == "downsamplers" ? 1 : 0) : last - block - (parts[2] == "upsamplers" ? 1 : 0);
    }
}
