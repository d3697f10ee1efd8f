using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Layers;

namespace UniVG.Finetuning.Adapters;

/// <summary>Makes adapters of the tensors of a file; nothing is attached here.</summary>
internal sealed class AdapterReader
{
    private readonly ITensorFile _file;
    private readonly Dictionary<string, AdaptableLayer> _layers;
    private readonly Dictionary<string, Dictionary<string, string>> _modules = []; // key by suffix by adapter
    private readonly List<string> _unmatched = [];
    private readonly AdapterNaming _naming = AdapterNaming.Kohya;
    private readonly PeftAlpha? _peftAlpha;

    /// <summary>Sorts the names in the file.</summary>
    /// <exception cref="UniVGException">Two tensors stand for the same.</exception>
    public AdapterReader(ITensorFile file, IReadOnlyList<AdaptableLayer> unet, IReadOnlyList<AdaptableLayer> textEncoder)
    {
        _file = file;
        _layers = TargetModules.ByName(unet, textEncoder);
        foreach (var key in file.Tensors.Keys)
        {
            if (AdapterKey.Parse(key) is not { } parsed)
            {
                _unmatched.Add(key);
                continue;
            }

            if (parsed.Naming != AdapterNaming.Kohya) _naming = parsed.Naming;
            if (!_modules.TryGetValue(parsed.Module, out var keys)) _modules[parsed.Module] = keys = [];
            if (!keys.TryAdd(parsed.Suffix, key))
                throw new UniVGException($"'{file.Path}' holds '{keys[parsed.Suffix]}' and '{key}', which mean the same tensor; remove one of them.");
        }

        if (_naming != AdapterNaming.Kohya) _peftAlpha = PeftAlpha.Read(file);
        _unmatched.InsertRange(0, _modules.Keys.Where(name => !_layers.ContainsKey(name)));
    }

    /// <summary>What was found.</summary>
    public AdapterLoadReport Report => new(
        _file.Path, _naming, _modules.Keys.Count(_layers.ContainsKey), _modules.Count, _unmatched, new Dictionary<string, string>(_file.Metadata));

    /// <summary>Reads the adapters, in the order of the models' layers.</summary>
    /// <exception cref="UniVGException">The file is not an adapter of these models, or it is damaged.</exception>
    public List<Adapter> Read(bool allowPartial)
    {
        RequireMatch(allowPartial);
        var adapters = new List<Adapter>();
        try
        {
            foreach (var (name, layer) in _layers)
                if (_modules.TryGetValue(name, out var keys)) adapters.Add(Read(name, layer, new AdapterTensors(name, _file, keys)));
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
        if (_modules.Count == 0)
            throw new UniVGException($"'{_file.Path}' holds no adapter; it should be a LoRA, LoHA or LoKr file.");
        var report = Report;
        if (report.Matched == 0)
        {
            throw new UniVGException(
                $"'{_file.Path}' {report}: none of its layers (such as '{_unmatched[0]}') is in the model; choose an adapter of Stable Diffusion 1.x.");
        }

        if (_unmatched.Count > 0 && !allowPartial)
        {
            throw new UniVGException(
                $"'{_file.Path}' {report}, and '{_unmatched[0]}' is not among them; load it partially only if what is missing does not matter.");
        }
    }

    private Adapter Read(string name, AdaptableLayer layer, AdapterTensors tensors)
    {
        if (tensors.Has(AdapterKey.DoraScale))
            throw new UniVGException($"'{_file.Path}' is a DoRA ('{name}.dora_scale'), which cannot be applied here; use a LoRA, LoHA or LoKr.");
        var method = KnownAdapters.Methods.FirstOrDefault(m => m.Suffixes.Any(tensors.Has))
            ?? throw new UniVGException($"'{_file.Path}' holds only '{name}.{tensors.Suffixes.First()}' of '{name}', so it is incomplete; save or download it again.");
        var rank = method.Rank(tensors);
        if (rank < 1) throw new UniVGException($"'{name}' of '{_file.Path}' has no rank: a tensor is missing or empty; save or download it again.");
        return method.Read(new AdapterTarget(name, layer, rank, tensors.Alpha() ?? _peftAlpha?.Of(name, layer.Path, rank) ?? rank), tensors);
    }
}
