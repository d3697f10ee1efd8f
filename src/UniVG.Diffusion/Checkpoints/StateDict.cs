using System.Globalization;
using System.Numerics;
using UniVG.Diffusion.Checkpoints.Pickle;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>Finds the tensors by name in what a checkpoint's pickle holds.</summary>
internal sealed class StateDict
{
    private const int MaxDepth = 4;
    private const int MaxEntries = 1_000_000;
    private static readonly string[] Wrappers = ["state_dict", "model_state_dict"];
    private readonly OrderedDictionary<string, PickleTensor> _tensors = [];
    private readonly Dictionary<string, string> _metadata = [];
    private int _entries;

    private StateDict()
    {
    }

    public IReadOnlyDictionary<string, PickleTensor> Tensors => _tensors;

    /// <summary>The plain values beside the weights: epoch, global_step, the version of Lightning.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>
    /// The weights of <paramref name="root"/>: its <c>state_dict</c> where it has one (PyTorch Lightning), else all tensors in it. With a
    /// state_dict, optimizer states beside it are not even looked at.
    /// </summary>
    public static StateDict Find(object? root)
    {
        var found = new StateDict();
        if (root is not PickleDictionary dictionary) return found;
        foreach (var (key, value) in dictionary.Items)
        {
            if (key is string name && Plain(value) is { } text) found._metadata.TryAdd(name, text);
        }

        var wrapped = Wrappers.Select(w => dictionary[w]).OfType<PickleDictionary>().FirstOrDefault();
        found.Collect(wrapped ?? dictionary, "", depth: 0);
        return found;
    }

    // The same dictionary may appear many times in a pickle, so depth and number are bounded, not only the file's size.
    private void Collect(PickleDictionary dictionary, string prefix, int depth)
    {
        foreach (var (key, value) in dictionary.Items)
        {
            if (++_entries > MaxEntries) return;
            if (key is not string name) continue;
            if (value is PickleTensor tensor) _tensors.TryAdd(prefix + name, tensor);
            else if (value is PickleDictionary inner && depth < MaxDepth) Collect(inner, $"{prefix}{name}.", depth + 1);
        }
    }

    private static string? Plain(object? value) => value switch
    {
        string text => text,
        bool flag => flag ? "True" : "False",
        long or BigInteger or double => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };
}
