using System.Globalization;
using Xunit;
using static TorchSharp.torch;

namespace UniVG.TestSupport;

/// <summary>Comparisons of tensors with reference values.</summary>
public static class TensorAssert
{
    /// <summary>Bound of a model's outputs: looser ones would let a wrong epsilon through.</summary>
    public const double Outputs = 2.5e-5;

    /// <summary>Bound of gradients.</summary>
    public const double Gradients = 1e-3;

    /// <summary>Bound of latents along a sampling trajectory.</summary>
    public const double Sampling = 3e-4;

    /// <summary>max|actual − expected| / rms(expected).</summary>
    public static double RelativeError(Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        var reference = expected.cpu().to(ScalarType.Float64);
        var difference = (actual.detach().cpu().to(ScalarType.Float64) - reference).abs().max().item<double>();
        return difference / reference.square().mean().sqrt().item<double>();
    }

    /// <summary>Whether two tensors have the same shape, type and bytes.</summary>
    public static bool HaveSameBits(Tensor first, Tensor second)
    {
        using var scope = NewDisposeScope();
        return first.dtype == second.dtype && first.shape.SequenceEqual(second.shape)
            && first.detach().cpu().contiguous().bytes.SequenceEqual(second.detach().cpu().contiguous().bytes);
    }

    /// <summary>Asserts equal shapes and a relative error within the bound.</summary>
    /// <returns>The error.</returns>
    public static double Close(Tensor expected, Tensor actual, double bound, string what = "tensor")
    {
        Assert.Equal(expected.shape, actual.shape);
        var error = RelativeError(expected, actual);

        // Written so that NaN fails.
        Assert.True(error <= bound, string.Create(CultureInfo.InvariantCulture, $"{what}: max|a−b|/rms(b) is {error:g3}, allowed {bound:g3}"));
        return error;
    }
}
