using TorchSharp;
using UniVG.Finetuning.Adapters;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

/// <summary>Gives adapters the values of a reference file.</summary>
internal static class AdapterWeights
{
    /// <summary>Copies every tensor of the file to the adapter of its name; all of the network's must be there, with their alpha.</summary>
    public static void CopyFrom(AdapterNetwork network, GoldenFile file)
    {
        using var _ = no_grad();
        foreach (var (name, tensor) in network.NamedTensors())
        {
            if (name.EndsWith(".alpha", StringComparison.Ordinal)) Assert.Equal(file[name].ToSingle(), tensor.ToSingle());
            else tensor.copy_(file[name]);
        }
    }
}
