namespace UniVG.Benchmarks.Files;

/// <summary>Endless bytes that are numbers below 2 in half and in single precision.</summary>
internal sealed class RandomBytes
{
    private readonly byte[] _block = new byte[1 << 20];

    public RandomBytes()
    {
        new Random(1).NextBytes(_block);

        // Without the highest bit of the exponent there is no NaN and no infinity.
        for (var i = 1; i < _block.Length; i += 2) _block[i] &= 0xbf;
    }

    public void Write(Stream stream, long count)
    {
        for (; count > 0; count -= _block.Length) stream.Write(_block.AsSpan(0, (int)Math.Min(count, _block.Length)));
    }
}
