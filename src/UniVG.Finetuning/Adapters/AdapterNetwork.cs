using UniVG.Diffusion;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>All adapters of one fine-tuning, attached to the layers of a UNet and a text encoder. Disposing it restores the base model.</summary>
public sealed class AdapterNetwork : IDisposable
{
    private readonly Lock _strength = new();
    private double _multiplier = 1;
    private bool _actsAsTrained;

    /// <summary>Bundles adapters, attached or not.</summary>
    internal AdapterNetwork(AdapterConfig config, IReadOnlyList<Adapter> adapters)
    {
        Config = config;
        Adapters = adapters;
        if (!AdapterDropout.IsWanted(config)) return;
        for (var i = 0; i < adapters.Count; i++) adapters[i].Dropout = new AdapterDropout(config, Dropout, i);
    }

    /// <summary>What was asked for; of an adapter from a file, the sizes that most of its layers have.</summary>
    public AdapterConfig Config { get; }

    /// <summary>What was found in the file; null for fresh adapters.</summary>
    public AdapterLoadReport? LoadReport { get; internal init; }

    /// <summary>What was made for these adapters alone: the layers of a file that was read without a model.</summary>
    internal IDisposable? Owned { get; init; }

    /// <summary>One adapter a layer, UNet first.</summary>
    public IReadOnlyList<Adapter> Adapters { get; }

    /// <summary>The adapters of the UNet.</summary>
    public IEnumerable<Adapter> UNet => Adapters.Where(a => a.Name.StartsWith(TargetModules.UNetPrefix, StringComparison.Ordinal));

    /// <summary>The adapters of the text encoder.</summary>
    public IEnumerable<Adapter> TextEncoder => Adapters.Where(a => a.Name.StartsWith(TargetModules.TextEncoderPrefix, StringComparison.Ordinal));

    /// <summary>Whether the adapters were disposed; they neither act nor can be trained then.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>The number of trainable scalars.</summary>
    public long ParameterCount => Adapters.Sum(a => a.Parameters.Sum(p => p.Tensor.numel()));

    /// <summary>The strength of all adapters: 1 as trained, 0 the base model. While a step is trained they act as trained all the same.</summary>
    public double Multiplier
    {
        get => _multiplier;
        set
        {
            lock (_strength)
            {
                _multiplier = value;
                Apply();
            }
        }
    }

    /// <summary>Whether the adapters act at strength 1, as a file holds them, whatever <see cref="Multiplier"/> is.</summary>
    internal bool ActsAsTrained
    {
        set
        {
            lock (_strength)
            {
                _actsAsTrained = value;
                Apply();
            }
        }
    }

    /// <summary>What dropouts are drawn from in the present step.</summary>
    internal DropoutMoment Dropout { get; } = new();

    /// <summary>Creates freshly initialised adapters and attaches them.</summary>
    /// <param name="config">Kind, sizes and targets.</param>
    /// <param name="unet">The UNet's layers.</param>
    /// <param name="textEncoder">The text encoder's layers.</param>
    /// <param name="seed">Seeds the start; equal seeds give equal adapters on every device.</param>
    /// <exception cref="UniVGException">The configuration is impossible, selects nothing, or a layer is already adapted.</exception>
    public static AdapterNetwork Attach(
        AdapterConfig config, IReadOnlyList<AdaptableLayer> unet, IReadOnlyList<AdaptableLayer> textEncoder, long seed)
    {
        RequireFree(unet, textEncoder);
        var network = Create(config, unet, textEncoder, seed);
        network.Attach();
        return network;
    }

    /// <summary>Creates freshly initialised adapters and leaves the layers alone until <see cref="Attach(bool)"/>.</summary>
    /// <param name="config">Kind, sizes and targets.</param>
    /// <param name="unet">The UNet's layers.</param>
    /// <param name="textEncoder">The text encoder's layers.</param>
    /// <param name="seed">Seeds the start; equal seeds give equal adapters on every device.</param>
    /// <exception cref="UniVGException">The configuration is impossible, too large for the model, or selects nothing.</exception>
    public static AdapterNetwork Create(
        AdapterConfig config, IReadOnlyList<AdaptableLayer> unet, IReadOnlyList<AdaptableLayer> textEncoder, long seed)
    {
        config.Validate();
        var targets = TargetModules.Select(config, unet, textEncoder).ToList();
        if (targets.Count == 0) throw new UniVGException("No layer of the model matches the adapter's targets.");
        RequireFit(KnownAdapters.Of(config.Kind), targets);
        return ComputeThread.RunOnce(() =>
        {
            using var generator = new Generator((ulong)seed);
            return new AdapterNetwork(config, [.. targets.Select(target => KnownAdapters.Create(config, target, generator))]);
        });
    }

    /// <summary>Plugs the adapters into their layers, beside those that are there.</summary>
    /// <param name="first">Whether their sums come before those of the others; the order decides the last bits.</param>
    public void Attach(bool first = false)
    {
        foreach (var adapter in Adapters) AdapterStack.Push(adapter.Layer, adapter, first);
    }

    /// <summary>Excludes the adapters from training: they act, and no gradient is computed for them.</summary>
    public void Freeze()
    {
        foreach (var (_, tensor) in Adapters.SelectMany(adapter => adapter.Parameters)) tensor.requires_grad_(false);
    }

    /// <summary>The trainable tensors and alphas by the names files use; the tensors are the adapters' own, the alphas are new.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> NamedTensors() => Adapters.SelectMany(adapter => adapter.Parameters
        .Select(p => ($"{adapter.Name}.{p.Suffix}", p.Tensor))
        .Append(($"{adapter.Name}.alpha", tensor((float)adapter.Alpha))));

    /// <summary>The highest rank that a change of the layer's weight can have.</summary>
    internal static long FullRank(AdaptableLayer layer)
    {
        var rows = layer.Weight.shape[0];
        return Math.Min(rows, layer.Weight.numel() / rows);
    }

    /// <summary>Takes over the trainable tensors of a network of the same structure.</summary>
    /// <param name="tensors">Tensors by the names of <see cref="NamedTensors"/>; alphas are passed over.</param>
    /// <exception cref="UniVGException">A tensor is missing or misshapen; nothing is changed then.</exception>
    internal void Copy(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var noGrad = no_grad();
        var parameters = Adapters.SelectMany(a => a.Parameters.Select(p => (Name: $"{a.Name}.{p.Suffix}", p.Tensor))).ToList();
        if (parameters.FirstOrDefault(p => !tensors.TryGetValue(p.Name, out var saved) || !saved.shape.SequenceEqual(p.Tensor.shape)).Name is { } unfit)
            throw new UniVGException($"The saved adapter does not fit the model (at '{unfit}'); use the model that it was trained on.");
        foreach (var (name, tensor) in parameters) tensor.copy_(tensors[name]);
    }

    /// <summary>Makes sure that no layer is adapted yet.</summary>
    internal static void RequireFree(IReadOnlyList<AdaptableLayer> unet, IReadOnlyList<AdaptableLayer> textEncoder)
    {
        if (unet.Concat(textEncoder).Any(layer => layer.Adapter is not null))
            throw new UniVGException("The model already carries an adapter; detach it first.");
    }

    private void Apply()
    {
        foreach (var adapter in Adapters) adapter.Multiplier = _actsAsTrained ? 1 : _multiplier;
    }

    // Small layers, such as conv_out with its 4 outputs, get the dim of all others, as in kohya and LyCORIS.
    private static void RequireFit(AdapterMethod method, List<AdapterTarget> targets)
    {
        if (method.ReachableRank is null) return;
        foreach (var kind in targets.GroupBy(target => TargetModules.HasLargeKernel(target.Layer)))
        {
            var (dim, largest) = (kind.Max(target => target.Dim), kind.Max(target => FullRank(target.Layer)));
            if (dim > largest)
                throw new UniVGException($"The adapter's {(kind.Key ? "conv dim" : "dim")} is {dim}, and no layer of this model has a higher rank than {largest}; choose at most that.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (IsDisposed) return;
        IsDisposed = true;
        foreach (var adapter in Adapters) adapter.Dispose();
        Owned?.Dispose();
    }
}
