using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;

namespace UniVG.Finetuning.Tests.Adapters;

/// <summary>A model of one Linear layer.</summary>
internal sealed class SingleLayer : IDisposable
{
    private readonly ModelWeights _weights = new(new RandomWeights(seed: 1));

    public SingleLayer(long outFeatures, long inFeatures, string path = "x") => Layer = new Linear(_weights.Root.At(path), inFeatures, outFeatures);

    public Linear Layer { get; }

    public void Dispose() => _weights.Dispose();
}
