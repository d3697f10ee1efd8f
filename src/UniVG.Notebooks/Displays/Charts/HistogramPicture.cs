using SkiaSharp;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>Draws histograms over each other as a PNG with a transparent background. Bars grow with the square root, so that one frequent value does not hide the rest.</summary>
internal static class HistogramPicture
{
    private const int MostBars = 256;
    private const int Width = 512;

    /// <summary>The height in pixels.</summary>
    public const int Height = 90;

    /// <summary>Draws counts.</summary>
    /// <param name="counts">The counts of each bar from the left, at most 256, equally many each; beside each the colour.</param>
    public static byte[] Draw(IReadOnlyList<(IReadOnlyList<long> Counts, string Colour)> counts)
    {
        var bars = counts[0].Counts.Count;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bars, MostBars);
        var width = Width / bars;
        using var bitmap = new SKBitmap(bars * width, Height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Transparent);
        var largest = Math.Sqrt(Math.Max(1, counts.Max(curve => curve.Counts.Max())));
        foreach (var (values, colour) in counts)
        {
            using var paint = new SKPaint { Color = SKColor.Parse(colour).WithAlpha((byte)(counts.Count == 1 ? 255 : 130)) };
            for (var bar = 0; bar < bars; bar++)
            {
                var height = (float)(Math.Sqrt(values[bar]) / largest * (Height - 2));
                canvas.DrawRect(bar * width, Height - 1 - height, width, height, paint);
            }
        }

        using var axis = new SKPaint { Color = SKColor.Parse(ChartPalette.Text) };
        canvas.DrawRect(0, Height - 1, bitmap.Width, 1, axis);
        return PngImage.Encode(bitmap, SKEncodedImageFormat.Png, 100);
    }

    /// <summary>The picture in HTML.</summary>
    /// <param name="counts">As for <see cref="Draw"/>.</param>
    /// <param name="alt">What a reader who cannot see it is told.</param>
    public static string Html(IReadOnlyList<(IReadOnlyList<long> Counts, string Colour)> counts, string alt) => $"""
        <img src="data:image/png;base64,{Convert.ToBase64String(Draw(counts))}" width="{Width / counts[0].Counts.Count * counts[0].Counts.Count}" height="{Height}" alt="{Style.Encode(alt)}" />
        """;
}
