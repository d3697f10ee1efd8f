using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace UniVG.Diffusion.Images;

/// <summary>
/// The rows of a picture in another width, as unrounded values; as many as one row of the result is made of, so that they stay in the
/// processor's cache. Each sum is taken in the order of the weights, whatever the width of the vectors.
/// </summary>
internal sealed class ResizedRows
{
    // Four vectors of values become one of bytes.
    private static readonly int Block = Vector<byte>.Count;

    private readonly RgbImage _image;
    private readonly ResizeWeights[] _columns;
    private readonly float[][] _rows;
    private readonly Vector128<float>[] _pixels;
    private int _first;
    private int _end;

    /// <summary>Holds no row yet.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="columns">What each pixel of a resized row is made of.</param>
    /// <param name="depth">The most rows to hold.</param>
    public ResizedRows(RgbImage image, ResizeWeights[] columns, int depth)
    {
        (_image, _columns) = (image, columns);
        var length = ((columns.Length * 3 / Block) + 1) * Block;
        _rows = [.. Enumerable.Range(0, depth).Select(_ => new float[length])];
        _pixels = new Vector128<float>[image.Width];
    }

    /// <summary>Holds these rows from now on; neither end may move back.</summary>
    /// <param name="first">The first row of the picture.</param>
    /// <param name="count">How many, at most the depth.</param>
    public void MoveTo(int first, int count)
    {
        _first = first;
        for (_end = Math.Max(_end, first); _end < first + count; _end++) Resize(_end, _rows[_end % _rows.Length]);
    }

    /// <summary>Adds the rows up, rounded to bytes.</summary>
    /// <param name="weights">What multiplies each row held, from the first on.</param>
    /// <param name="target">Gets R G B of each pixel.</param>
    public void Combine(ReadOnlySpan<float> weights, Span<byte> target)
    {
        Span<byte> rest = stackalloc byte[Block];
        var quarter = Vector<float>.Count;
        for (var i = 0; i < target.Length; i += Block)
        {
            var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
            for (var k = 0; k < weights.Length; k++)
            {
                var weight = new Vector<float>(weights[k]);
                var row = _rows[(_first + k) % _rows.Length].AsSpan(i, Block);
                a += weight * new Vector<float>(row);
                b += weight * new Vector<float>(row[quarter..]);
                c += weight * new Vector<float>(row[(2 * quarter)..]);
                d += weight * new Vector<float>(row[(3 * quarter)..]);
            }

            var bytes = Vector.Narrow(Vector.Narrow(Rounded(a), Rounded(b)), Vector.Narrow(Rounded(c), Rounded(d)));
            if (target.Length - i >= Block)
            {
                bytes.CopyTo(target[i..]);
            }
            else
            {
                bytes.CopyTo(rest);
                rest[..(target.Length - i)].CopyTo(target[i..]);
            }
        }
    }

    private static Vector<uint> Rounded(Vector<float> sums) =>
        Vector.AsVectorUInt32(Vector.ConvertToInt32Native(Vector.Clamp(sums + new Vector<float>(0.5f), Vector<float>.Zero, new Vector<float>(255))));

    private void Resize(int y, float[] target)
    {
        Widen(_image.Pixels.AsSpan(y * _image.Width * 3, _image.Width * 3));
        for (var x = 0; x < _columns.Length; x++)
        {
            var weights = _columns[x].Weights;
            var pixels = _pixels.AsSpan(_columns[x].First, weights.Length);
            var sum = Vector128<float>.Zero;
            for (var k = 0; k < weights.Length; k++) sum += weights[k] * pixels[k];

            // The fourth value is written over by the next pixel; rows are a block longer than their pixels at most, at least by one value.
            sum.CopyTo(target, x * 3);
        }
    }

    // A pixel a vector; the fourth value is the next pixel's red, and means nothing.
    private void Widen(ReadOnlySpan<byte> row)
    {
        var last = _pixels.Length - 1;
        for (var x = 0; x < last; x++)
        {
            var four = Vector128.CreateScalarUnsafe(MemoryMarshal.Read<uint>(row[(x * 3)..])).AsByte();
            _pixels[x] = Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(four)).AsInt32());
        }

        _pixels[last] = Vector128.Create((float)row[last * 3], row[(last * 3) + 1], row[(last * 3) + 2], 0);
    }
}
