namespace UniVG.Diffusion.Checkpoints.Pickle;

/// <summary>The stack of the pickle machine: a list of values for each open mark.</summary>
internal sealed class PickleStack(PickleInput input)
{
    private readonly Stack<List<object?>> _outer = new();
    private List<object?> _values = [];

    public void Push(object? value) => _values.Add(value);

    public object? Peek() => _values.Count > 0 ? _values[^1] : throw input.Fault("its pickle takes a value from an empty stack");

    public object? Pop()
    {
        var value = Peek();
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    public T Pop<T>()
        where T : class => Pop() as T ?? throw input.Fault($"its pickle holds another value where a {typeof(T).Name} belongs");

    public void Mark()
    {
        _outer.Push(_values);
        _values = [];
    }

    /// <summary>The values since the last mark, which is removed.</summary>
    public List<object?> PopMark()
    {
        var values = _values;
        if (!_outer.TryPop(out var below)) throw input.Fault("its pickle closes a mark that it did not open");
        _values = below;
        return values;
    }
}
