using System.Runtime.Intrinsics;

namespace UniVG.Diffusion.Images;

/// <summary>Takes pixels of four bytes, R G B A, apart; sixteen bytes at a time.</summary>
internal static class RgbaPixels
{
    private static readonly Vector128<byte> Colors = Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);
    private static readonly Vector128<byte> Alphas = Vector128.Create((byte)3, 3, 3, 7, 7, 7, 11, 11, 11, 15, 15, 15, 255, 255, 255, 255);

    /// <summary>The colours, R G B.</summary>
    /// <param name="rgba">The pixels.</param>
    /// <param name="rgb">Gets three bytes a pixel.</param>
    public static void CopyColors(ReadOnlySpan<byte> rgba, Span<byte> rgb) => Copy(rgba, rgb, Colors);

    /// <summary>The opacity, as grey pixels of three equal bytes.</summary>
    /// <param name="rgba">The pixels.</param>
    /// <param name="gray">Gets three bytes a pixel.</param>
    public static void CopyAlpha(ReadOnlySpan<byte> rgba, Span<byte> gray) => Copy(rgba, gray, Alphas);

    // The last four bytes of each block are written over by the next block, so the end is done pixel by pixel.
    private static void Copy(ReadOnlySpan<byte> rgba, Span<byte> target, Vector128<byte> places)
    {
        var i = 0;
        for (; (i * 3) + Vector128<byte>.Count <= target.Length; i += 4)
            Vector128.Shuffle(Vector128.Create(rgba[(i * 4)..]), places).CopyTo(target[(i * 3)..]);
        for (; i * 3 < target.Length; i++)
            for (var channel = 0; channel < 3; channel++) target[(i * 3) + channel] = rgba[(i * 4) + places[channel]];
    }
}
