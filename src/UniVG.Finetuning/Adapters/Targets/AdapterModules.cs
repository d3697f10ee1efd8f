using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Finetuning.Adapters.Files;

namespace UniVG.Finetuning.Adapters.Targets;

/// <summary>The adapters of a file, by their names alone: which tensors each has, in whose notation.</summary>
internal sealed class AdapterModules
{
    private readonly OrderedDictionary<string, Dictionary<string, string>> _keys = []; // key by suffix by adapter
    private readonly List<string> _others = [];

    /// <summary>Sorts the names in the file.</summary>
    /// <exception cref="UniVGException">Two tensors stand for the same, or there is no adapter.</exception>
    public AdapterModules(ITensorFile file)
    {
        File = file;
        foreach (var key in file.Tensors.Keys)
        {
            if (AdapterKey.Parse(key) is not { } parsed)
            {
                _others.Add(key);
                continue;
            }

            if (parsed.Naming != AdapterNaming.Kohya) Naming = parsed.Naming;
            if (!_keys.TryGetValue(parsed.Module, out var keys)) _keys[parsed.Module] = keys = [];
            if (!keys.TryAdd(parsed.Suffix, key))
                throw new UniVGException($"'{file.Path}' holds '{keys[parsed.Suffix]}' and '{key}', which mean the same tensor; remove one of them.");
        }

        if (_keys.Count == 0) throw new UniVGException($"'{file.Path}' holds no adapter; it should be a LoRA, LoHA or LoKr file.");
    }

    /// <summary>The file.</summary>
    public ITensorFile File { get; }

    /// <summary>In whose notation the tensors are named.</summary>
    public AdapterNaming Naming { get; } = AdapterNaming.Kohya;

    /// <summary>The adapters' names as kohya writes them, in the order of the file.</summary>
    public IReadOnlyCollection<string> Names => _keys.Keys;

    /// <summary>Tensors that are no adapter's.</summary>
    public IReadOnlyList<string> Others => _others;

    /// <summary>Whether there is an adapter of that name.</summary>
    public bool Has(string name) => _keys.ContainsKey(name);

    /// <summary>The tensors of one adapter.</summary>
    public AdapterTensors Of(string name) => new(name, File, _keys[name]);

    /// <summary>The method of one adapter.</summary>
    /// <exception cref="UniVGException">Its tensors are of no known method.</exception>
    public AdapterMethod MethodOf(string name)
    {
        var tensors = Of(name);
        return KnownAdapters.Methods.FirstOrDefault(m => m.Suffixes.Any(tensors.Has))
            ?? throw new UniVGException($"'{File.Path}' holds only '{name}.{tensors.Suffixes.First()}' of '{name}', so it is incomplete; save or download it again.");
    }
}
