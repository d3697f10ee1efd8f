using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>
/// Layers without values in the shapes that a file's adapters ask for, so that a file can be looked at and rewritten without the
/// model it was made for. All weights are one zero, repeated.
/// </summary>
internal sealed class FileLayers : IWeightSource, IDisposable
{
    private readonly ModelWeights _weights;

    /// <summary>Makes a layer for each adapter of the file.</summary>
    public FileLayers(AdapterModules modules)
    {
        _weights = new ModelWeights(this);
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
    public void Dispose() => _weights.Dispose();

    private AdaptableLayer LayerOf(string name, AdapterModules modules)
    {
        var isText = name.StartsWith(TargetModules.TextEncoderPrefix, StringComparison.Ordinal);
        var path = LayerNames.PathOf(name[(isText ? TargetModules.TextEncoderPrefix : TargetModules.UNetPrefix).Length..]);
        var (rows, columns) = modules.MethodOf(name).Size(modules.Of(name));
        var kernel = LayerNames.KernelOf(path);

        // Files of other architectures may give such a name to a Linear layer.
        return kernel > 0 && columns % (kernel * kernel) == 0
            ? new Conv2d(_weights.Root.At(path), columns / (kernel * kernel), rows, kernel, padding: kernel / 2)
            : new Linear(_weights.Root.At(path), columns, rows, bias: false);
    }
}
