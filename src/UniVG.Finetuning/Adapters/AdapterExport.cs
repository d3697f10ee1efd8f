using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Lora;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>An adapter's tensors by the names that other tools write. Those keep alpha elsewhere, so the scale goes into the up factor.</summary>
internal static class AdapterExport
{
    /// <summary>The tensors by name; new ones where the scale went in.</summary>
    /// <param name="network">The adapter.</param>
    /// <param name="naming">Whose names.</param>
    /// <exception cref="UniVGException">The adapter is not a plain LoRA, and so has no names in diffusers or peft.</exception>
    public static IEnumerable<(string Name, Tensor Tensor)> Tensors(AdapterNetwork network, AdapterNaming naming) =>
        naming == AdapterNaming.Kohya ? network.NamedTensors() : network.Adapters.SelectMany(adapter => Factors(adapter, naming));

    private static IEnumerable<(string Name, Tensor Tensor)> Factors(Adapter adapter, AdapterNaming naming)
    {
        if (adapter is not LoraAdapter { Parameters: [var (_, up), var (_, down)] })
            throw new UniVGException($"Only a plain LoRA has names in {naming}, and '{adapter.Name}' is none; extract a LoRA first.");
        var (downName, upName) = Names(adapter, naming);
        yield return ($"{downName}.weight", down);
        yield return ($"{upName}.weight", up * adapter.Scale);
    }

    private static (string Down, string Up) Names(Adapter adapter, AdapterNaming naming)
    {
        var path = adapter.Layer.Path;
        if (naming == AdapterNaming.Peft) return ($"base_model.model.{path}.lora_A", $"base_model.model.{path}.lora_B");
        return adapter.Name.StartsWith(TargetModules.TextEncoderPrefix, StringComparison.Ordinal)
            ? ($"text_encoder.{path}.lora_linear_layer.down", $"text_encoder.{path}.lora_linear_layer.up")
            : ($"unet.{path}.lora.down", $"unet.{path}.lora.up");
    }
}
