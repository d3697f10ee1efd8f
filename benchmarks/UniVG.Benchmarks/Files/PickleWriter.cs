using System.Text;

namespace UniVG.Benchmarks.Files;

/// <summary>Writes the few things of pickle protocol 2 (Python's <c>pickletools</c>) that a dictionary of weights is made of.</summary>
internal sealed class PickleWriter
{
    private readonly MemoryStream _bytes = new();

    public long Length => _bytes.Length;

    public void CopyTo(Stream stream) => _bytes.WriteTo(stream);

    /// <summary>{'epoch': 1, 'state_dict': OrderedDict of the tensors}, each tensor on a storage of its own, numbered in order.</summary>
    public void StateDict(IReadOnlyList<TensorSpec> tensors)
    {
        Code("\u0080\u0002}(");
        Text("epoch");
        Int(1);
        Text("state_dict");
        Code("ccollections\nOrderedDict\n)R(");
        for (var i = 0; i < tensors.Count; i++)
        {
            Text(tensors[i].Name);
            Tensor(tensors[i], i);
        }

        Code("uu.");
    }

    private void Tensor(TensorSpec tensor, int storage)
    {
        Code("ctorch._utils\n_rebuild_tensor_v2\n((");
        Text("storage");
        Code("ctorch\nFloatStorage\n");
        Text(storage.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Text("cpu");
        Int(tensor.Count);
        Code("tQ"); // the tuple names the storage
        Int(0);
        Tuple(tensor.Shape);
        Tuple(tensor.Shape.Select((_, d) => tensor.Shape.Skip(d + 1).Aggregate(1L, (a, b) => a * b)));
        Code("\u0089ccollections\nOrderedDict\n)RtR"); // False: no gradient; no hooks
    }

    private void Tuple(IEnumerable<long> values)
    {
        Code("(");
        foreach (var value in values) Int(value);
        Code("t");
    }

    private void Text(string text)
    {
        Code("X");
        _bytes.Write(BitConverter.GetBytes(Encoding.UTF8.GetByteCount(text)));
        _bytes.Write(Encoding.UTF8.GetBytes(text));
    }

    private void Int(long value)
    {
        Code("J");
        _bytes.Write(BitConverter.GetBytes(checked((int)value)));
    }

    private void Code(string opcodes) => _bytes.Write(Encoding.Latin1.GetBytes(opcodes));
}
