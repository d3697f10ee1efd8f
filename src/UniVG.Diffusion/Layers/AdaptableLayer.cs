using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Layers;

/// <summary>
/// A layer with one weight and a slot for an adapter: y = base(x), or <see cref="ILayerAdapter.Forward"/> where the slot is filled.
/// Attaching, detaching and scaling an adapter never touches the weight.
/// </summary>
public abstract class AdaptableLayer
{
    /// <summary>Takes weight and bias from <paramref name="scope"/> and registers the layer with its model.</summary>
    /// <param name="scope">The layer's place in the model.</param>
    /// <param name="weightShape">(out, in) or (out, in, kernel height, kernel width).</param>
    /// <param name="hasBias">Whether there is a bias of shape (out).</param>
    /// <param name="init">How to fill the weight (and bias) of a model built from scratch; null means PyTorch's default.</param>
    protected AdaptableLayer(WeightScope scope, ReadOnlySpan<long> weightShape, bool hasBias, WeightInit? init)
    {
        ArgumentNullException.ThrowIfNull(scope);
        long fanIn = 1;
        foreach (var size in weightShape[1..]) fanIn *= size;
        Path = scope.Path;
        Weight = scope.Take("weight", init ?? WeightInit.FanIn(fanIn), weightShape);
        Bias = hasBias ? scope.Take("bias", init ?? WeightInit.FanIn(fanIn), weightShape[0]) : null;
        scope.Register(this);
    }

    /// <summary>The diffusers path of the layer in its model, for example <c>mid_block.resnets.0.conv1</c>.</summary>
    public string Path { get; }

    /// <summary>(out, in) or (out, in, kernel height, kernel width); frozen while an adapter is trained.</summary>
    public Tensor Weight { get; }

    /// <summary>(out), or null.</summary>
    public Tensor? Bias { get; }

    /// <summary>The adapter in the slot, or null.</summary>
    public ILayerAdapter? Adapter { get; set; }

    /// <summary>While pictures are drawn: the weight with the adapter's change in it, as <see cref="FusedWeights"/> makes it; else null.</summary>
    internal Tensor? FusedWeight { get; set; }

    /// <summary>Applies the layer, adapter included.</summary>
    /// <exception cref="InsufficientMemoryException">The machine's memory is nearly used up.</exception>
    public Tensor Forward(Tensor input)
    {
        MemoryBound.ThrowIfUsedUp();
        return Adapter is null || FusedWeight is not null ? Apply(input, FusedWeight ?? Weight, Bias) : Adapter.Forward(this, input);
    }

    /// <summary>
    /// The layer's operation with another weight of the same input size, as an adapter's branch needs it:
    /// (any, in) for Linear; (any, in, kernel height, kernel width) with this layer's stride and padding for Conv2d.
    /// </summary>
    public abstract Tensor Apply(Tensor input, Tensor weight, Tensor? bias);
}
