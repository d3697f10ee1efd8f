using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>An adapter's tensors by the names that files give them.</summary>
internal static class AdapterExport
{
    /// <summary>The tensors by name; new ones where the scale went in, because diffusers keeps no alpha with the tensors.</summary>
    /// <param name="network">The adapter.</param>
    /// <param name="naming">kohya's names or diffusers'.</param>
    /// <exception cref="UniVGException">The adapter is not a plain LoRA, and so has no names in diffusers.</exception>
    public static IEnumerable<(string Name, Tensor Tensor)> Tensors(AdapterNetwork network, AdapterNaming naming) =>
        naming == AdapterNaming.Kohya ? network.NamedTensors() : network.Adapters.SelectMany(Factors);

    private static IEnumerable<(string Name, Tensor Tensor)> Factors(Adapter adapter)
    {
        if (adapter is not LoraAdapter { Parameters: [var (_, up), var (_, down)] })
            throw new UniVGException($"Only a plain LoRA has names in diffusers, and '{adapter.Name}' is none; extract a LoRA first.");
        var name = adapter.Name.StartsWith(TargetModules.TextEncoderPrefix, StringComparison.Ordinal)
            ? $"text_encoder.{adapter.Layer.Path}.lora_linear_layer"
            : $"unet.{adapter.Layer.Path}.lora";
        yield return ($"{name}.down.weight", down);
        yield return ($"{name}.up.weight", up * adapter.Scale);
    }
}
