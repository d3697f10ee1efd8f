using SkiaSharp;
using UniVG.Notebooks.Displays.Charts;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>Draws a grid of pictures as one PNG, for viewers without HTML.</summary>
internal static class ContactSheet
{
    private const int LabelHeight = 18;
    private const int RowTitleWidth = 110;
    private const int FullCell = 128;

    /// <summary>What a picture may add to a sheet, compared to what it may add to the notebook's HTML.</summary>
    private const double ShareOfBudget = 0.3;

    /// <summary>The widths of cells that are tried, until the sheet fits the budget.</summary>
    private static readonly int[] CellWidths = [160, 112, 80, 56, 40];

    /// <summary>
    /// Draws the grid with its titles and labels on a transparent background, cells at most 160 pixels wide, and narrower where many
    /// coloured pictures would take too many bytes.
    /// </summary>
    public static byte[] Draw(IReadOnlyList<GridImage> images, ImageGridOptions options)
    {
        var layout = GridLayout.Of(images, options);
        var budget = ShareOfBudget * layout.PictureBudget * images.Count;
        byte[] sheet = [];
        foreach (var width in CellWidths.Select(width => Math.Min(layout.CellWidth, width)).Distinct())
        {
            sheet = Draw(images, options, layout, width);
            if (sheet.Length <= budget) break;
        }

        return sheet;
    }

    /// <summary>Draws the grid with its titles and labels, pictures at their own size; small ones are enlarged to about 128 pixels.</summary>
    public static byte[] DrawFull(IReadOnlyList<GridImage> images, ImageGridOptions options)
    {
        var width = images.Max(image => image.Image.Width);
        return Draw(images, options, GridLayout.Of(images, options), width * Math.Max(1, FullCell / width));
    }

    private static byte[] Draw(IReadOnlyList<GridImage> images, ImageGridOptions options, GridLayout layout, int cell)
    {
        var cellHeight = images.Max(image => Height(image, cell));
        var left = options.RowTitles.Count > 0 ? RowTitleWidth : 0;
        var top = (options.Title is null ? 0 : LabelHeight + 4) + (options.ColumnTitles.Count > 0 ? LabelHeight : 0);
        var pitch = new SKSizeI(cell + GridLayout.Spacing, cellHeight + LabelHeight + 4);
        using var bitmap = new SKBitmap(left + layout.Columns * pitch.Width, top + layout.Rows * pitch.Height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.Transparent);
        DrawTitles(canvas, options, layout, left, top, pitch);
        for (var index = 0; index < images.Count; index++)
        {
            var corner = new SKPoint(left + index % layout.Columns * pitch.Width, top + index / layout.Columns * pitch.Height);
            DrawImage(canvas, images[index], corner, cell, layout.Crisp);
            DrawText(canvas, images[index].Label, EmbeddedFont.Regular, 12, corner.X, corner.Y + Height(images[index], cell) + 14, cell);
        }

        return PngImage.Encode(bitmap, SKEncodedImageFormat.Png, 100);
    }

    private static int Height(GridImage image, int width) => Math.Max(1, (int)Math.Round(width * (double)image.Image.Height / image.Image.Width));

    private static void DrawTitles(SKCanvas canvas, ImageGridOptions options, GridLayout layout, int left, int top, SKSizeI pitch)
    {
        if (options.Title is not null)
            DrawText(canvas, options.Title, EmbeddedFont.SemiBold, 14, 0, 15, left + layout.Columns * pitch.Width);
        for (var column = 0; column < Math.Min(layout.Columns, options.ColumnTitles.Count); column++)
            DrawText(canvas, options.ColumnTitles[column], EmbeddedFont.SemiBold, 12, left + column * pitch.Width, top - 5, pitch.Width - 4);
        for (var row = 0; row < Math.Min(layout.Rows, options.RowTitles.Count); row++)
            DrawText(canvas, options.RowTitles[row], EmbeddedFont.SemiBold, 12, 0, top + row * pitch.Height + 14, RowTitleWidth - 6);
    }

    private static void DrawImage(SKCanvas canvas, GridImage image, SKPoint corner, int width, bool crisp)
    {
        using var bitmap = PngImage.ToBitmap(image.Image);
        using var picture = SKImage.FromBitmap(bitmap);
        var sampling = crisp ? new SKSamplingOptions(SKFilterMode.Nearest) : new SKSamplingOptions(SKFilterMode.Linear, SKMipmapMode.Linear);
        canvas.DrawImage(picture, SKRect.Create(corner.X, corner.Y, width, Height(image, width)), sampling);
    }

    private static void DrawText(SKCanvas canvas, string text, SKTypeface face, float size, float x, float baseline, float width)
    {
        using var font = new SKFont(face, size) { Subpixel = true };
        using var paint = new SKPaint { Color = SKColor.Parse(ChartPalette.Text), IsAntialias = true };
        if (font.MeasureText(text) > width)
        {
            var kept = font.BreakText(text, width - font.MeasureText("…"));
            text = text[..kept] + "…";
        }

        canvas.DrawText(text, x, baseline, font, paint);
    }
}
