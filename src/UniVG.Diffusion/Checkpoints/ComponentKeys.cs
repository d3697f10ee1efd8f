namespace UniVG.Diffusion.Checkpoints;

/// <summary>Sorts the keys of a file into those of one component (by diffusers name), those it may do without, and the rest.</summary>
/// <param name="name">The component, for messages.</param>
/// <param name="file">The file.</param>
internal sealed class ComponentKeys(string name, ITensorFile file)
{
    private readonly OrderedDictionary<string, string> _keys = [];
    private readonly List<string> _unexpected = [];
    private readonly List<string> _ignored = [];

    /// <summary>Whether any weight of the component was found.</summary>
    public bool IsEmpty => _keys.Count == 0;

    /// <summary>The shapes by diffusers name.</summary>
    public IReadOnlyDictionary<string, TensorInfo> Weights => _keys.ToDictionary(k => k.Key, k => file.Tensors[k.Value]);

    /// <summary>Adds a key whose diffusers name is known; null: a key that the component does not have.</summary>
    public void Add(string key, string? diffusersName)
    {
        if (IsBuffer(key)) _ignored.Add(key);
        else if (diffusersName is null || !_keys.TryAdd(diffusersName, key)) _unexpected.Add(key);
    }

    public CheckpointPart ToPart(string configJson) => new(name, file, _keys, configJson) { Unexpected = _unexpected, Ignored = _ignored };

    // position_ids is 0 … 76 and no weight; loss.* are the discriminator and the perceptual network of the VAE's training.
    private static bool IsBuffer(string key) =>
        key.EndsWith(".position_ids", StringComparison.Ordinal) || key.StartsWith($"{LdmKeyMap.VaePrefix}loss.", StringComparison.Ordinal)
        || key.StartsWith("loss.", StringComparison.Ordinal);
}
