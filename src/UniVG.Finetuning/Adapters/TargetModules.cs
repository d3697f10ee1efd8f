using UniVG.Diffusion.Layers;

namespace UniVG.Finetuning.Adapters;

/// <summary>Chooses, names and sizes the layers to adapt, as kohya's networks.lora and LyCORIS' preset <c>full</c> do.</summary>
public static class TargetModules
{
    /// <summary>The prefix of a UNet adapter's name.</summary>
    public const string UNetPrefix = "lora_unet_";

    /// <summary>The prefix of a text encoder adapter's name.</summary>
    public const string TextEncoderPrefix = "lora_te_";

    private static readonly string[] LycorisNames = ["conv_in", "conv_out", "time_embedding.linear_1", "time_embedding.linear_2"];
    private static readonly string[] ConvolutionBlocks = [".resnets.", ".downsamplers.", ".upsamplers."];
    private static readonly string[] TextEncoderBlocks = [".self_attn.", ".mlp."];

    /// <summary>The layers that <paramref name="config"/> adapts, in the models' order, UNet first.</summary>
    public static IEnumerable<AdapterTarget> Select(
        AdapterConfig config, IEnumerable<AdaptableLayer> unet, IEnumerable<AdaptableLayer> textEncoder)
    {
        var fromUNet = unet.Where(layer => IsUNetTarget(layer, config)).Select(layer => (Prefix: UNetPrefix, Layer: layer));
        var fromText = textEncoder.Where(layer => config.TextEncoder && ContainsAny(layer.Path, TextEncoderBlocks))
            .Select(layer => (Prefix: TextEncoderPrefix, Layer: layer));
        return fromUNet.Concat(fromText)
            .Where(t => !HasLargeKernel(t.Layer) || config.ConvDim > 0)
            .Select(t => new AdapterTarget(
                t.Prefix + t.Layer.Path.Replace('.', '_'),
                t.Layer,
                HasLargeKernel(t.Layer) ? config.ConvDim : config.Dim,
                HasLargeKernel(t.Layer) ? config.ConvAlpha : config.Alpha));
    }

    private static bool IsUNetTarget(AdaptableLayer layer, AdapterConfig config) => config.Targets switch
    {
        // kohya adapts the convolution blocks, their Linear and 1×1 layers included, only when there is a convolution dim.
        AdapterTargets.Kohya => IsInTransformer(layer) || (config.ConvDim > 0 && ContainsAny(layer.Path, ConvolutionBlocks)),
        _ => IsInTransformer(layer) || ContainsAny(layer.Path, ConvolutionBlocks) || LycorisNames.Contains(layer.Path),
    };

    private static bool IsInTransformer(AdaptableLayer layer) => layer.Path.Contains(".attentions.", StringComparison.Ordinal);

    private static bool HasLargeKernel(AdaptableLayer layer) => layer.Weight.dim() == 4 && layer.Weight.shape[2] > 1;

    private static bool ContainsAny(string path, string[] parts) => parts.Any(part => path.Contains(part, StringComparison.Ordinal));
}
