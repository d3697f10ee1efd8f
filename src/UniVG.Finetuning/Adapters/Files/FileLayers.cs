using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>
/// Layers without values in the shapes that a file's adapters ask for, so that a file can be looked at and rewritten without the
/// model it was made for. All weights are one zero, repeated.
/// </summary>
internal sealed class FileLayers : IWeightSource, IDisposable
{
    private readonly ModelWeights _unet;
    private readonly ModelWeights _textEncoder;

    /// <summary>Makes a layer for each adapter of the file.</summary>
    public FileLayers(AdapterModules modules)
    {
        (_unet, _textEncoder) = (new ModelWeights(this), new ModelWeights(this));
        foreach (var name in modules.Names) ByName[name] = LayerOf(name, modules);
    }

    /// <summary>The layers by the name of their adapter.</summary>
    public Dictionary<string, AdaptableLayer> ByName { get; } = [];

    /// <inheritdoc/>
    public Tensor Take(string name, ReadOnlySpan<long> shape, WeightInit init)
    {
        using var scope = NewDisposeScope();
        return zeros(1).expand(shape.ToArray()).DetachFromDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _unet.Dispose();
        _textEncoder.Dispose();
    }

    private AdaptableLayer LayerOf(string name, AdapterModules modules)
    {
        var isText = name.StartsWith(TargetModules.TextEncoderPrefix, StringComparison.Ordinal);
        var path = LayerNames.PathOf(name[(isText ? TargetModules.TextEncoderPrefix : TargetModules.UNetPrefix).Length..]);
        var (rows, columns) = modules.MethodOf(name).Size(modules.Of(name));
        var kernel = LayerNames.KernelOf(path);
        var place = (isText ? _textEncoder : _unet).Root.At(path);

        // Files of other architectures may give such a name to a Linear layer.
        return kernel > 0 && columns % (kernel * kernel) == 0
            ? new Conv2d(place, columns / (kernel * kernel), rows, kernel, padding: kernel / 2)
            : new Linear(place, columns, rows, bias: false);
    }
}
