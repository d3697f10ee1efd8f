using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Model;

/// <summary>The feed-forward layer with a gated GELU (Shazeer 2020): (B, n, features) → the same, 4 · features wide inside.</summary>
internal sealed class GegluFeedForward(WeightScope scope, int features)
{
    private readonly Linear _projection = new(scope.At("net.0.proj"), features, 8 * features);
    private readonly Linear _out = new(scope.At("net.2"), 4 * features, features);

    public Tensor Forward(Tensor tokens)
    {
        using var s = NewDisposeScope();
        var halves = _projection.Forward(tokens).chunk(2, dim: -1);      // value and gate, each (B, n, 4 · features)
        return _out.Forward(halves[0] * F.gelu(halves[1])).MoveToOuterDisposeScope();
    }
}
