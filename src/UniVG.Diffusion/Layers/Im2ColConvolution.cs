using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace UniVG.Diffusion.Layers;

/// <summary>
/// A convolution as one product of its weight and the unfolded input (im2col, Chellapilla et al. 2006). libtorch's convolution on a CPU
/// first brings the whole weight into an order of its own, at every call: a wide layer over the few positions of a UNet's lowest levels
/// spends half of its time on that.
/// </summary>
internal static class Im2ColConvolution
{
    // Measured: the product is faster up to about 64 positions, if the weight outgrows the caches. See benchmarks/NOTES.md.
    private const long MostPositions = 64;
    private const long LeastWeight = 4_000_000;

    // With fewer columns the matrix product falls back to a slow path.
    private const long LeastColumns = 16;

    /// <summary>Whether it is the cheaper way.</summary>
    public static bool IsCheaper(Tensor input, Tensor weight, int stride) =>
        weight.numel() >= LeastWeight && weight.dtype == ScalarType.Float32 && input.device_type == DeviceType.CPU
        && input.numel() / input.shape[1] <= MostPositions * stride * stride;

    /// <summary>(B, in, h, w) → (B, out, h', w'), with <paramref name="weight"/> (out, in, k, k) and <paramref name="bias"/> (out) or null.</summary>
    public static Tensor Apply(Tensor input, Tensor weight, Tensor? bias, int stride, int padding)
    {
        using var scope = NewDisposeScope();
        long batch = input.shape[0], outputs = weight.shape[0], kernel = weight.shape[2];
        long Size(long side) => ((side + (2 * padding) - kernel) / stride) + 1;
        var (height, width) = (Size(input.shape[2]), Size(input.shape[3]));

        var columns = F.unfold(input, kernel, padding: padding, stride: stride).transpose(0, 1).flatten(1);     // (in·k·k, B·h'·w')
        var positions = columns.shape[1];
        if (positions < LeastColumns) columns = F.pad(columns, [0, LeastColumns - positions]);
        var rows = weight.flatten(1);                                                                           // (out, in·k·k)
        var product = bias is null ? rows.mm(columns) : addmm(bias.unsqueeze(1), rows, columns, beta: 1, alpha: 1); // (out, B·h'·w' or more)
        return product.narrow(1, 0, positions).reshape(outputs, batch, height, width).transpose(0, 1).contiguous().MoveToOuterDisposeScope();
    }
}
