using System.Globalization;
using System.Numerics;

namespace UniVG.Diffusion.Checkpoints.Pickle;

/// <summary>
/// Reads a pickle without running anything: values become plain objects, tensors become descriptions, and whatever else the pickle
/// would have Python construct becomes a <see cref="PickleObject"/>.
/// </summary>
/// <remarks>
/// Python → here: None null, int long or BigInteger, float double, str string, bytes byte[], tuple object[], list and set List,
/// dict <see cref="PickleDictionary"/>.
/// </remarks>
internal sealed class PickleReader
{
    private const int MaxNumberLength = 1000;
    private readonly PickleInput _input;
    private readonly PickleStack _stack;
    private readonly PickleCalls _calls;
    private readonly Dictionary<long, object?> _memo = [];

    public PickleReader(PickleInput input)
    {
        _input = input;
        _stack = new PickleStack(input);
        _calls = new PickleCalls(input);
    }

    /// <summary>The foreign classes and functions that the pickle named and that were left alone.</summary>
    public IReadOnlyCollection<string> Foreign => _calls.Foreign;

    /// <summary>All storages that the pickle referred to, by key.</summary>
    public IReadOnlyDictionary<string, PickleStorage> Storages => _calls.Storages;

    /// <summary>Reads up to and including the end of the pickle.</summary>
    /// <exception cref="CheckpointException">The pickle is damaged or asks for something dangerous.</exception>
    public object? Read()
    {
        while (true)
        {
            var opcode = (PickleOpcode)_input.Byte();
            if (opcode == PickleOpcode.Stop) return _stack.Pop();
            if (!ReadConstant(opcode) && !ReadMemo(opcode) && !ReadCollection(opcode) && !ReadObject(opcode))
            {
                throw _input.Fault($"its pickle has the unknown instruction 0x{(byte)opcode:x2}");
            }
        }
    }

    private bool ReadConstant(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Protocol: _input.Byte(); break;
            case PickleOpcode.Frame: _input.Int64(); break;
            case PickleOpcode.None: _stack.Push(null); break;
            case PickleOpcode.NewTrue: _stack.Push(true); break;
            case PickleOpcode.NewFalse: _stack.Push(false); break;
            case PickleOpcode.BinInt: _stack.Push((long)_input.Int32()); break;
            case PickleOpcode.BinInt1: _stack.Push((long)_input.Byte()); break;
            case PickleOpcode.BinInt2: _stack.Push((long)_input.UInt16()); break;
            case PickleOpcode.Long1: _stack.Push(Integer(_input.Bytes(_input.Byte()))); break;
            case PickleOpcode.Long4: _stack.Push(Integer(_input.Bytes(_input.Int32()))); break;
            case PickleOpcode.Int: _stack.Push(TextInteger(_input.Line())); break;
            case PickleOpcode.Long: _stack.Push(TextInteger(_input.Line().TrimEnd('L'))); break;
            case PickleOpcode.BinFloat: _stack.Push(_input.BigEndianDouble()); break;
            case PickleOpcode.Float: _stack.Push(TextDouble(_input.Line())); break;
            case PickleOpcode.String: _stack.Push(_input.Line().Trim('\'', '"')); break;
            case PickleOpcode.Unicode: _stack.Push(_input.Line()); break;
            case PickleOpcode.BinString: _stack.Push(_input.Text(_input.Int32())); break;
            case PickleOpcode.ShortBinString: _stack.Push(_input.Text(_input.Byte())); break;
            case PickleOpcode.BinUnicode: _stack.Push(_input.Text((uint)_input.Int32())); break;
            case PickleOpcode.ShortBinUnicode: _stack.Push(_input.Text(_input.Byte())); break;
            case PickleOpcode.BinUnicode8: _stack.Push(_input.Text(_input.Int64())); break;
            case PickleOpcode.BinBytes: _stack.Push(_input.Bytes((uint)_input.Int32())); break;
            case PickleOpcode.ShortBinBytes: _stack.Push(_input.Bytes(_input.Byte())); break;
            case PickleOpcode.BinBytes8 or PickleOpcode.ByteArray8: _stack.Push(_input.Bytes(_input.Int64())); break;
            default: return false;
        }

        return true;
    }

    private bool ReadMemo(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Pop: _stack.Pop(); break;
            case PickleOpcode.PopMark: _stack.PopMark(); break;
            case PickleOpcode.Dup: _stack.Push(_stack.Peek()); break;
            case PickleOpcode.Mark: _stack.Mark(); break;
            case PickleOpcode.Memoize: _memo[_memo.Count] = _stack.Peek(); break;
            case PickleOpcode.BinPut: _memo[_input.Byte()] = _stack.Peek(); break;
            case PickleOpcode.LongBinPut: _memo[(uint)_input.Int32()] = _stack.Peek(); break;
            case PickleOpcode.Put: _memo[Index(_input.Line())] = _stack.Peek(); break;
            case PickleOpcode.BinGet: _stack.Push(Remembered(_input.Byte())); break;
            case PickleOpcode.LongBinGet: _stack.Push(Remembered((uint)_input.Int32())); break;
            case PickleOpcode.Get: _stack.Push(Remembered(Index(_input.Line()))); break;
            default: return false;
        }

        return true;
    }

    private bool ReadCollection(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.EmptyTuple: _stack.Push(Array.Empty<object?>()); break;
            case PickleOpcode.Tuple1: _stack.Push(new[] { _stack.Pop() }); break;
            case PickleOpcode.Tuple2: PushTuple(2); break;
            case PickleOpcode.Tuple3: PushTuple(3); break;
            case PickleOpcode.Tuple: _stack.Push(_stack.PopMark().ToArray()); break;
            case PickleOpcode.EmptyList or PickleOpcode.EmptySet: _stack.Push(new List<object?>()); break;
            case PickleOpcode.List or PickleOpcode.FrozenSet: _stack.Push(_stack.PopMark()); break;
            case PickleOpcode.EmptyDict: _stack.Push(new PickleDictionary()); break;
            case PickleOpcode.Dict: PushDictionary(_stack.PopMark()); break;
            case PickleOpcode.Append: Append([_stack.Pop()]); break;
            case PickleOpcode.Appends or PickleOpcode.AddItems: Append(_stack.PopMark()); break;
            case PickleOpcode.SetItem: SetOne(); break;
            case PickleOpcode.SetItems: SetItems(_stack.PopMark()); break;
            default: return false;
        }

        return true;
    }

    private bool ReadObject(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case PickleOpcode.Global:
                var module = _input.Line();
                _stack.Push(PickleCalls.Admit(_input, module, _input.Line()));
                break;
            case PickleOpcode.StackGlobal:
                var name = _stack.Pop<string>();
                _stack.Push(PickleCalls.Admit(_input, _stack.Pop<string>(), name));
                break;
            case PickleOpcode.Reduce or PickleOpcode.NewObject: Call(); break;
            case PickleOpcode.NewObjectEx:
                _stack.Pop(); // keyword arguments
                Call();
                break;
            case PickleOpcode.Instance:
                var className = _input.Line();
                var global = PickleCalls.Admit(_input, className, _input.Line());
                _stack.Push(_calls.Call(global, _stack.PopMark().ToArray()));
                break;
            case PickleOpcode.Object:
                var parts = _stack.PopMark();
                _stack.Push(_calls.Call(parts.FirstOrDefault(), parts.Skip(1).ToArray()));
                break;
            case PickleOpcode.Build: _stack.Pop(); break; // an object's state: nothing that is read here has any
            case PickleOpcode.BinPersistentId: _stack.Push(_calls.PersistentId(_stack.Pop())); break;
            default: return false;
        }

        return true;
    }

    private void Call()
    {
        var arguments = _stack.Pop();
        _stack.Push(_calls.Call(_stack.Pop(), arguments));
    }

    private object? Remembered(long index) =>
        _memo.TryGetValue(index, out var value) ? value : throw _input.Fault($"its pickle recalls value {index}, which it never stored");

    private long Index(string line) => long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
        ? index
        : throw _input.Fault("its pickle stores a value under something that is no number");

    private static object Integer(byte[] littleEndian)
    {
        var value = new BigInteger(littleEndian);
        object number = value >= long.MinValue && value <= long.MaxValue ? (long)value : (object)value;
        return number;
    }

    private object TextInteger(string line) => line switch
    {
        "01" => true, // protocol 0 spells booleans like this
        "00" => false,
        { Length: <= MaxNumberLength } when BigInteger.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) =>
            Integer(value.ToByteArray()),
        _ => throw _input.Fault("its pickle has a number that is none"),
    };

    private double TextDouble(string line) => double.TryParse(line, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        ? value
        : throw _input.Fault("its pickle has a number that is none");

    private void PushTuple(int count)
    {
        var items = new object?[count];
        for (var i = count - 1; i >= 0; i--) items[i] = _stack.Pop();
        _stack.Push(items);
    }

    private void PushDictionary(List<object?> items)
    {
        _stack.Push(new PickleDictionary());
        SetItems(items);
    }

    private void Append(IReadOnlyList<object?> items)
    {
        if (_stack.Peek() is List<object?> list) list.AddRange(items);
        else RequireForeign();
    }

    private void SetOne()
    {
        var value = _stack.Pop();
        SetItems([_stack.Pop(), value]);
    }

    private void SetItems(List<object?> items)
    {
        if (_stack.Peek() is not PickleDictionary dictionary)
        {
            RequireForeign();
            return;
        }

        if (items.Count % 2 != 0) throw _input.Fault("its pickle sets a key without a value");
        for (var i = 0; i < items.Count; i += 2) dictionary.Set(items[i], items[i + 1]);
    }

    private void RequireForeign()
    {
        if (_stack.Peek() is not PickleObject) throw _input.Fault("its pickle adds items to a value that holds none");
    }
}
