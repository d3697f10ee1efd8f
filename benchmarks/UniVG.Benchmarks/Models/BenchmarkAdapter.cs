using UniVG.Benchmarks.Files;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Finetuning.Adapters;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Models;

/// <summary>An adapter of a method's default sizes, and its file for the counterpart.</summary>
internal sealed class BenchmarkAdapter : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    /// <summary>Attaches it.</summary>
    /// <param name="model">What it is attached to.</param>
    /// <param name="kind"><c>lora</c> or <c>loha</c>.</param>
    public BenchmarkAdapter(StableDiffusion model, string kind)
    {
        Kind = kind;
        Network = AdapterNetwork.Attach(KnownAdapters.Of(kind).Defaults(), model.UNet.Weights.Layers, model.TextEncoder.Weights.Layers, seed: 1);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(File, Network.NamedTensors().ToDictionary(t => t.Name, t => t.Tensor));
    }

    /// <summary>The adapters.</summary>
    public AdapterNetwork Network { get; }

    /// <summary>Its method's name.</summary>
    public string Kind { get; }

    /// <summary>The file.</summary>
    public string File => _folder["adapter.safetensors"];

    public void Dispose()
    {
        Network.Dispose();
        _folder.Dispose();
    }
}
