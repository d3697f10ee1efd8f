using UniVG.Diffusion;
using UniVG.Diffusion.Layers;
using UniVG.Finetuning.Adapters.Dora;
using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>Makes adapters of the tensors of a file; nothing is attached here.</summary>
/// <param name="modules">The file's adapters.</param>
/// <param name="layers">The layers by the name of their adapter.</param>
internal sealed class AdapterReader(AdapterModules modules, IReadOnlyDictionary<string, AdaptableLayer> layers)
{
    private readonly PeftAlpha? _peftAlpha = modules.Naming == AdapterNaming.Kohya ? null : PeftAlpha.Read(modules.File);

    /// <summary>What was found.</summary>
    public AdapterLoadReport Report { get; } = new(
        modules.File.Path,
        modules.Naming,
        modules.Names.Count(layers.ContainsKey),
        modules.Names.Count,
        [.. modules.Names.Where(name => !layers.ContainsKey(name)), .. modules.Others],
        new Dictionary<string, string>(modules.File.Metadata))
    {
        Precision = modules.File.Tensors.Values.CountBy(info => info.DType).MaxBy(type => type.Value).Key,
    };

    /// <summary>Reads the adapters of a model, in the order of its layers.</summary>
    /// <exception cref="UniVGException">The file is not an adapter of this model, or it is damaged.</exception>
    public List<Adapter> Read(bool allowPartial)
    {
        try
        {
            RequireMatch(allowPartial);
            return ReadAll();
        }
        catch (UniVGException e) when (AdapterOrigin.Foreign(modules) is { } origin)
        {
            throw new UniVGException(
                $"'{modules.File.Path}' is an adapter of {origin}, and the model is of the Stable Diffusion 1.x family; choose an adapter made for that.", e);
        }
    }

    /// <summary>Reads all adapters whose layer is there.</summary>
    /// <exception cref="UniVGException">The file is damaged.</exception>
    public List<Adapter> ReadAll()
    {
        var adapters = new List<Adapter>();
        try
        {
            foreach (var (name, layer) in layers.Where(l => modules.Has(l.Key))) adapters.Add(Read(name, layer));
            return adapters;
        }
        catch
        {
            foreach (var adapter in adapters) adapter.Dispose();
            throw;
        }
    }

    private void RequireMatch(bool allowPartial)
    {
        if (Report.Matched == 0)
        {
            throw new UniVGException(
                $"'{Report.Path}' {Report}: none of its layers (such as '{Report.Unmatched[0]}') is in the model; choose an adapter of Stable Diffusion 1.x.");
        }

        if (Report.Unmatched.Count > 0 && !allowPartial)
        {
            throw new UniVGException(
                $"'{Report.Path}' {Report}, and '{Report.Unmatched[0]}' is not among them; load it with --partial only if what is missing does not matter.");
        }
    }

    private Adapter Read(string name, AdaptableLayer layer)
    {
        var (path, tensors, method) = (modules.File.Path, modules.Of(name), modules.MethodOf(name));
        if (tensors.Has(AdapterKey.PeftMagnitude))
            throw new UniVGException($"'{path}' is a DoRA in the notation of peft ('{name}.{AdapterKey.PeftMagnitude}'), which is not read here; save it in kohya's notation, or without DoRA.");
        var rank = method.Rank(tensors);
        if (rank < 1) throw new UniVGException($"'{name}' of '{path}' has no rank: a tensor is missing or empty; save or download it again.");
        var target = new AdapterTarget(name, layer, rank, tensors.Alpha() ?? _peftAlpha?.Of(name, layer.Path, rank) ?? rank);
        var lowRank = method.Read(target, tensors);
        try
        {
            tensors.Require([.. lowRank.Parameters.Select(p => p.Suffix)]);
            return tensors.Has(DoraAdapter.MagnitudeSuffix) ? new DoraAdapter(target, lowRank, tensors) : lowRank;
        }
        catch
        {
            lowRank.Dispose();
            throw;
        }
    }
}
