using UniVG.Diffusion.Layers;

namespace UniVG.Finetuning.Adapters.Targets;

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
            .Select(t => Size(t.Prefix, t.Layer, config))
            .Where(target => target.Dim > 0);
    }

    /// <summary>All layers by the name their adapters have, in the models' order, UNet first.</summary>
    public static Dictionary<string, AdaptableLayer> ByName(IEnumerable<AdaptableLayer> unet, IEnumerable<AdaptableLayer> textEncoder) =>
        unet.Select(layer => (Name: Name(UNetPrefix, layer), Layer: layer))
            .Concat(textEncoder.Select(layer => (Name: Name(TextEncoderPrefix, layer), Layer: layer)))
            .ToDictionary(t => t.Name, t => t.Layer);

    /// <summary>Whether the layer is a k×k convolution with k above 1, which has sizes of its own.</summary>
    internal static bool HasLargeKernel(AdaptableLayer layer) => layer.Weight.dim() == 4 && layer.Weight.shape[2] > 1;

    private static AdapterTarget Size(string prefix, AdaptableLayer layer, AdapterConfig config)
    {
        var large = HasLargeKernel(layer);
        var size = large ? (Dim: config.ConvDim, Alpha: config.ConvAlpha) : (config.Dim, config.Alpha);
        if (config.Blocks is { } blocks && prefix == UNetPrefix) size = blocks.Of(layer.Path, large, size);
        var alpha = config.RankStabilized ? size.Alpha * Math.Sqrt(size.Dim) : size.Alpha;
        return new AdapterTarget(Name(prefix, layer), layer, size.Dim, alpha) { Tucker = config.Tucker && large };
    }

    private static string Name(string prefix, AdaptableLayer layer) => prefix + layer.Path.Replace('.', '_');

    private static bool IsUNetTarget(AdaptableLayer layer, AdapterConfig config) => config.Targets switch
    {
        // kohya adapts the convolution blocks, their Linear and 1×1 layers included, only when there is a convolution dim.
        AdapterTargets.Kohya => IsInTransformer(layer) || (config.ConvDim > 0 && ContainsAny(layer.Path, ConvolutionBlocks)),
        _ => IsInTransformer(layer) || ContainsAny(layer.Path, ConvolutionBlocks) || LycorisNames.Contains(layer.Path),
    };

    private static bool IsInTransformer(AdaptableLayer layer) => layer.Path.Contains(".attentions.", StringComparison.Ordinal);

    private static bool ContainsAny(string path, string[] parts) => parts.Any(part => path.Contains(part, StringComparison.Ordinal));
}
