namespace UniVG.Diffusion.Checkpoints.Pickle;

/// <summary>A Python dictionary, in order of insertion. Keys that are no plain values (tuples, None) are kept by identity.</summary>
internal sealed class PickleDictionary
{
    private static readonly object NoneKey = new();
    private readonly OrderedDictionary<object, object?> _items = [];

    public IEnumerable<KeyValuePair<object, object?>> Items => _items;

    public object? this[string key] => _items.GetValueOrDefault(key);

    public void Set(object? key, object? value) => _items[key ?? NoneKey] = value;
}
