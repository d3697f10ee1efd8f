using System.Text;

namespace UniVG.Diffusion.Checkpoints.Pickle;

/// <summary>What stands where a pickle calls something: the few constructors of tensors and collections are understood, nothing is run.</summary>
internal sealed class PickleCalls(PickleInput input)
{
    private readonly SortedSet<string> _foreign = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PickleStorage> _storages = [];

    /// <summary>The foreign classes and functions that were met and left alone.</summary>
    public IReadOnlyCollection<string> Foreign => _foreign;

    /// <summary>All storages that were referred to, by key.</summary>
    public IReadOnlyDictionary<string, PickleStorage> Storages => _storages;

    /// <summary>Admits a name into the pickle.</summary>
    /// <exception cref="CheckpointException">The name is one that attacks use.</exception>
    public static PickleGlobal Admit(PickleInput input, string module, string name)
    {
        var global = new PickleGlobal(module, name);
        return PickleGlobals.IsDangerous(global)
            ? throw input.Fault($"it asks for '{global}' to be called, which is refused, as a model needs no such thing; do not trust this file")
            : global;
    }

    /// <summary>The value of <c>function(*arguments)</c>.</summary>
    public object? Call(object? function, object? arguments)
    {
        if (function is not PickleGlobal global) return Stub(function);
        var values = arguments as object?[] ?? [];
        return global.ToString() switch
        {
            "collections.OrderedDict" or "collections.defaultdict" or "builtins.dict" or "__builtin__.dict" => Dictionary(values),
            "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2" => Tensor(values),
            "torch._utils._rebuild_tensor_v3" => RetypedTensor(values),
            "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state" => values.Length > 0 ? values[0] : Stub(global),
            "torch._tensor._rebuild_from_type_v2" => values.Length > 2 ? Call(Inner(values[0]), values[2]) : Stub(global),
            "torch.Size" or "builtins.tuple" or "__builtin__.tuple" => Items(values),
            "builtins.list" or "__builtin__.list" or "builtins.set" or "__builtin__.set" or "builtins.frozenset" or "__builtin__.frozenset" =>
                Items(values).ToList(),
            "_codecs.encode" => values is [string text, ..] ? Encoding.Latin1.GetBytes(text) : Stub(global),
            _ => Stub(global),
        };
    }

    /// <summary>The storage of a persistent id: ('storage', class, key, device, element count[, view]).</summary>
    public object PersistentId(object? id)
    {
        if (id is not object?[] { Length: >= 5 } parts || parts[0] is not "storage" || parts[2] is not string key || parts[4] is not long count)
        {
            throw input.Fault("it refers to something outside of it that is no storage");
        }

        if (parts[1] is not PickleGlobal type || PickleGlobals.StorageType(type) is not { } dtype) return Stub(parts[1]);
        var viewOffset = 0L;
        if (parts is [.., object?[] { Length: 3 } view] && view[1] is long offset && view[2] is long viewCount)
        {
            (viewOffset, count) = (offset, viewCount);
        }

        if (count < 0 || viewOffset < 0) throw input.Fault($"its storage '{key}' has {count} elements from {viewOffset} on");
        return _storages[key] = new PickleStorage(key, dtype, count) { ViewOffset = viewOffset };
    }

    // Only another rebuild function may be called through _rebuild_from_type_v2, so one level is enough.
    private static object? Inner(object? function) =>
        function is PickleGlobal { Name: "_rebuild_from_type_v2" } ? null : function;

    private PickleObject Stub(object? function)
    {
        var name = function switch
        {
            PickleGlobal global => global.ToString(),
            PickleObject made => made.ClassName,
            _ => "an unnamed object",
        };
        _foreign.Add(name);
        return new PickleObject(name);
    }

    private PickleDictionary Dictionary(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        if (arguments is [List<object?> pairs, ..])
        {
            foreach (var pair in pairs)
            {
                if (Items([pair]) is not [var key, var value]) throw input.Fault("its pickle makes a dictionary of something else than pairs");
                dictionary.Set(key, value);
            }
        }

        return dictionary;
    }

    private object Tensor(object?[] arguments)
    {
        if (arguments.Length < 4) throw input.Fault("its pickle describes a tensor without sizes");
        if (arguments[0] is PickleObject foreign) return foreign; // of a type that torch here does not have
        return arguments[0] is PickleStorage storage
            ? Checked(storage, arguments)
            : throw input.Fault("its pickle describes a tensor without a storage");
    }

    // (storage, offset, size, stride, requires_grad, hooks, dtype): the storage is untyped and counts bytes.
    private object RetypedTensor(object?[] arguments)
    {
        if (arguments is not [PickleStorage storage, _, _, _, _, _, PickleGlobal name, ..] || PickleGlobals.DType(name) is not { } dtype)
        {
            return Stub(new PickleGlobal("torch._utils", "_rebuild_tensor_v3"));
        }

        var size = SafetensorsDType.SizeOf(dtype);
        return Checked(storage with { DType = dtype, Count = storage.Count * SafetensorsDType.SizeOf(storage.DType) / size }, arguments);
    }

    private PickleTensor Checked(PickleStorage storage, object?[] arguments)
    {
        if (arguments[1] is not long offset) throw input.Fault("its pickle describes a tensor without an offset");
        var tensor = new PickleTensor(storage, offset, Sizes(arguments[2]), Sizes(arguments[3]));
        return tensor.IsInside ? tensor : throw input.Fault(
            $"its pickle describes a tensor of {TensorInfo.Describe(tensor.Size)} that does not lie in its storage of {storage.Count} elements");
    }

    private long[] Sizes(object? value)
    {
        var items = Items([value]);
        return items.All(i => i is long)
            ? [.. items.Cast<long>()]
            : throw input.Fault("its pickle describes a tensor with sizes that are no numbers");
    }

    private static object?[] Items(object?[] arguments) => arguments switch
    {
        [object?[] tuple, ..] => tuple,
        [List<object?> list, ..] => [.. list],
        _ => [],
    };
}
