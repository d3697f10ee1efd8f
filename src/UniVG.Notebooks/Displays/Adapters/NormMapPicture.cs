using SkiaSharp;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Displays.Adapters;

/// <summary>
/// Draws a <see cref="NormMap"/> as a PNG with a transparent background, right on light and dark pages: the more opaque a cell, the
/// larger the change. Opacity grows with the root of the value, so that small changes are seen beside large ones.
/// </summary>
public static class NormMapPicture
{
    private const int Cell = 17;
    private const int Gap = 10; // between the parts of the model
    private const int Left = 88;
    private const int Top = 34;
    private const int Bottom = 40;
    private const int BarWidth = 180;
    private const float TextSize = 11;

    /// <summary>Draws the map.</summary>
    /// <param name="map">What to draw; at least one cell.</param>
    /// <param name="scale">Pixels a unit: 2 is sharp on all screens.</param>
    public static byte[] Draw(NormMap map, int scale = 2)
    {
        var (width, height) = SizeOf(map);
        using var bitmap = new SKBitmap(width * scale, height * scale);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Transparent);
        canvas.Scale(scale);
        DrawColumnTitles(canvas, map);
        for (var row = 0; row < map.Rows.Count; row++)
        {
            Text(canvas, map.Rows[row], Left - 6, Top + (row * Cell) + 12, SKTextAlign.Right);
            foreach (var (column, x) in Places(map)) DrawCell(canvas, map[map.Rows[row], column], map.Largest, x, Top + (row * Cell));
        }

        DrawBar(canvas, map.Largest, height - 26);
        return IndexedPng.Encode(bitmap, [SKColor.Parse(ChartPalette.Loss), SKColor.Parse(ChartPalette.Text)]);
    }

    /// <summary>The size at which it is to be shown.</summary>
    public static (int Width, int Height) SizeOf(NormMap map) =>
        (Math.Max(Places(map).Max(place => place.X) + Cell + 8, Left + BarWidth + 60), Top + (map.Rows.Count * Cell) + Bottom);

    private static IEnumerable<(string Column, int X)> Places(NormMap map)
    {
        var x = Left;
        for (var i = 0; i < map.Columns.Count; i++)
        {
            if (i > 0 && NormMap.Group(map.Columns[i]) != NormMap.Group(map.Columns[i - 1])) x += Gap;
            yield return (map.Columns[i], x);
            x += Cell;
        }
    }

    private static void DrawColumnTitles(SKCanvas canvas, NormMap map)
    {
        foreach (var part in Places(map).GroupBy(place => NormMap.Group(place.Column)))
        {
            Text(canvas, part.First().Column[..^2], part.First().X + 1, 12, SKTextAlign.Left, EmbeddedFont.SemiBold);
            foreach (var (column, x) in part) Text(canvas, column[^2..], x + (Cell / 2f), 28, SKTextAlign.Center);
        }
    }

    private static void DrawCell(SKCanvas canvas, double? value, double largest, int x, int y)
    {
        var cell = SKRect.Create(x + 0.5f, y + 0.5f, Cell - 1, Cell - 1);
        using var outline = new SKPaint { Color = SKColor.Parse(ChartPalette.Text).WithAlpha(value is null ? (byte)34 : (byte)85), IsStroke = true };
        if (value is { } norm)
        {
            using var fill = new SKPaint { Color = Colour(largest > 0 ? norm / largest : 0) };
            canvas.DrawRect(cell, fill);
        }

        canvas.DrawRect(cell, outline);
    }

    private static void DrawBar(SKCanvas canvas, double largest, int y)
    {
        for (var x = 0; x < BarWidth; x++)
        {
            using var paint = new SKPaint { Color = Colour(Math.Pow((x + 0.5) / BarWidth, 2)) };
            canvas.DrawRect(SKRect.Create(Left + x, y, 1, 9), paint);
        }

        using var outline = new SKPaint { Color = SKColor.Parse(ChartPalette.Text), IsStroke = true };
        canvas.DrawRect(SKRect.Create(Left + 0.5f, y + 0.5f, BarWidth - 1, 8), outline);
        Text(canvas, "‖ΔW‖", Left - 6, y + 9, SKTextAlign.Right);
        Text(canvas, "0", Left, y + 22, SKTextAlign.Left);
        Text(canvas, DisplayFormat.Norm(largest / 4), Left + (BarWidth / 2f), y + 22, SKTextAlign.Center);
        Text(canvas, DisplayFormat.Norm(largest), Left + BarWidth, y + 22, SKTextAlign.Right);
    }

    private static SKColor Colour(double share) => SKColor.Parse(ChartPalette.Loss).WithAlpha((byte)Math.Round(255 * Math.Sqrt(Math.Clamp(share, 0, 1))));

    private static void Text(SKCanvas canvas, string text, float x, float baseline, SKTextAlign align, SKTypeface? face = null)
    {
        using var font = new SKFont(face ?? EmbeddedFont.Regular, TextSize) { Subpixel = true };
        using var paint = new SKPaint { Color = SKColor.Parse(ChartPalette.Text), IsAntialias = true };
        canvas.DrawText(text, x, baseline, align, font, paint);
    }
}
