using System.Globalization;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Adapters.Targets;

/// <summary>
/// Ranks and alphas of the UNet's 25 blocks, as kohya counts them: 0 the input and time embedding, 1–11 the way down, 12 the middle,
/// 13–24 the way up. Each list is null (the same everywhere) or has 25 entries; rank 0 leaves a block alone.
/// </summary>
public sealed record BlockSizes
{
    /// <summary>The number of blocks.</summary>
    public const int Count = 25;

    private const int Middle = 12;

    /// <summary>Ranks of Linear and 1×1 layers.</summary>
    public IReadOnlyList<int>? Dims { get; init; }

    /// <summary>Alphas of Linear and 1×1 layers.</summary>
    public IReadOnlyList<double>? Alphas { get; init; }

    /// <summary>Ranks of k×k convolutions.</summary>
    public IReadOnlyList<int>? ConvDims { get; init; }

    /// <summary>Alphas of k×k convolutions.</summary>
    public IReadOnlyList<double>? ConvAlphas { get; init; }

    /// <summary>The block that a UNet layer belongs to.</summary>
    /// <param name="path">The layer's diffusers path, for example <c>up_blocks.1.resnets.2.conv1</c>.</param>
    public static int IndexOf(string path)
    {
        if (path.Split('.') is not [("down_blocks" or "up_blocks") and var way, var level, var kind, var layer, ..])
            return path.StartsWith("mid_block.", StringComparison.Ordinal) ? Middle : path == "conv_out" ? Count - 1 : 0;
        var within = kind is "resnets" or "attentions" ? int.Parse(layer, CultureInfo.InvariantCulture) : 2;
        var index = (3 * int.Parse(level, CultureInfo.InvariantCulture)) + within;
        return Math.Min(way == "down_blocks" ? 1 + index : Middle + 1 + index, Count - 1);
    }

    /// <summary>Checks the lists.</summary>
    /// <exception cref="UniVGException">One has another length than 25, or a value is out of range.</exception>
    public void Validate()
    {
        Require(Dims?.Count, Dims?.All(dim => dim >= 0), "block dims", "0 or above");
        Require(ConvDims?.Count, ConvDims?.All(dim => dim >= 0), "convolution block dims", "0 or above");
        Require(Alphas?.Count, Alphas?.All(alpha => alpha > 0), "block alphas", "above 0");
        Require(ConvAlphas?.Count, ConvAlphas?.All(alpha => alpha > 0), "convolution block alphas", "above 0");
    }

    /// <summary>The size of one layer's adapter.</summary>
    internal (int Dim, double Alpha) Of(string path, bool isConvolution, (int Dim, double Alpha) otherwise)
    {
        var block = IndexOf(path);
        var (dims, alphas) = isConvolution ? (ConvDims, ConvAlphas) : (Dims, Alphas);
        return (dims?[block] ?? otherwise.Dim, alphas?[block] ?? otherwise.Alpha);
    }

    private static void Require(int? count, bool? inRange, string name, string range)
    {
        if (count is { } n && n != Count) throw new UniVGException($"The {name} are {n} numbers; give {Count}, one for each block of the UNet.");
        if (inRange == false) throw new UniVGException($"One of the {name} is out of range; all must be {range}.");
    }
}
