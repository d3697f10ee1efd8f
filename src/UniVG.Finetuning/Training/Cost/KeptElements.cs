using UniVG.Diffusion.Layers;

namespace UniVG.Finetuning.Training.Cost;

/// <summary>
/// How many numbers autograd keeps because of a frozen layer and what stands before it: its input, which the gradient of its adapter
/// needs, and the inputs of normalisations, activations and attentions on the way there. What two of them share counts once.
/// </summary>
internal static class KeptElements
{
    /// <summary>By a layer of the UNet.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="positions">Pixels or tokens that it puts out, of the whole batch.</param>
    public static long OfUNet(AdaptableLayer layer, long positions)
    {
        var (outputs, inputs) = Sizes(layer);
        var name = LastPart(layer.Path);
        return positions * (name switch
        {
            "conv1" or "conv2" or "conv_out" => 3 * inputs,             // the normalisation's input, the activation's, the convolution's
            "conv_shortcut" => 0,                                       // its input is that of the first normalisation
            "proj_in" => 2 * inputs,
            "to_q" => (2 * inputs) + outputs,                           // and what the attention is given
            "to_k" or "to_v" => outputs,                                // the input is the queries', or the text states
            "proj" when IsGated(layer) => (2 * inputs) + outputs + (outputs / 2), // value and gate, and the activated gate; their product is net.2's input
            "conv" when layer is Conv2d { Stride: 2 } => 4 * inputs,    // which has four times the pixels
            _ => inputs,
        });
    }

    /// <summary>By a layer of the text encoder; arguments as in <see cref="OfUNet"/>.</summary>
    public static long OfTextEncoder(AdaptableLayer layer, long positions)
    {
        var (outputs, inputs) = Sizes(layer);
        return positions * (LastPart(layer.Path) switch
        {
            "q_proj" => (2 * inputs) + outputs,
            "k_proj" or "v_proj" => outputs,
            "fc1" => (2 * inputs) + (2 * outputs),                      // and both factors of the activation
            _ => inputs,
        });
    }

    private static bool IsGated(AdaptableLayer layer) => layer.Path.EndsWith("net.0.proj", StringComparison.Ordinal);

    private static (long Outputs, long Inputs) Sizes(AdaptableLayer layer) => (layer.Weight.shape[0], layer.Weight.shape[1]);

    private static string LastPart(string path) => path[(path.LastIndexOf('.') + 1)..];
}
