using System.Numerics;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>Looks for NaN and infinity in weights as they are stored, without a copy of them.</summary>
public static class FiniteNumbers
{
    // NaN and infinity are the numbers whose exponent is all ones.
    private const ushort Float16Exponent = 0x7c00;
    private const ushort BFloat16Exponent = 0x7f80;

    /// <summary>Whether a tensor on the CPU holds numbers only.</summary>
    public static bool Only(Tensor tensor)
    {
        if (tensor.numel() == 0) return true;

        // libtorch compares half-precision numbers one by one on the CPU, thirty times slower than the file is read.
        if (tensor.is_contiguous() && tensor.numel() <= int.MaxValue / sizeof(ushort))
        {
            if (tensor.dtype == ScalarType.Float16) return NoneHas(tensor, Float16Exponent);
            if (tensor.dtype == ScalarType.BFloat16) return NoneHas(tensor, BFloat16Exponent);
        }

        // NaN shows in both the smallest and the largest value, infinity in one.
        using var scope = NewDisposeScope();
        var (smallest, largest) = tensor.aminmax();
        return double.IsFinite(smallest.to(ScalarType.Float64).item<double>()) && double.IsFinite(largest.to(ScalarType.Float64).item<double>());
    }

    private static bool NoneHas(Tensor tensor, ushort exponent)
    {
        var numbers = MemoryMarshal.Cast<byte, ushort>(tensor.bytes);
        var blocks = MemoryMarshal.Cast<ushort, Vector<ushort>>(numbers);
        var (mask, found) = (new Vector<ushort>(exponent), Vector<ushort>.Zero);
        foreach (var block in blocks) found |= Vector.Equals(block & mask, mask);
        foreach (var number in numbers[(blocks.Length * Vector<ushort>.Count)..])
        {
            if ((number & exponent) == exponent) return false;
        }

        return found == Vector<ushort>.Zero;
    }
}
