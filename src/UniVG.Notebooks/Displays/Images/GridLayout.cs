namespace UniVG.Notebooks.Displays.Images;

/// <summary>Rows, columns and the size of the cells of a grid of pictures.</summary>
/// <param name="Columns">Pictures in a row.</param>
/// <param name="Rows">Rows.</param>
/// <param name="CellWidth">The width in CSS pixels at which pictures are shown.</param>
/// <param name="Crisp">Whether pictures are enlarged by whole pixels instead of being smoothed.</param>
/// <param name="PictureBudget">How many characters a picture may add to the notebook.</param>
internal sealed record GridLayout(int Columns, int Rows, int CellWidth, bool Crisp, int PictureBudget)
{
    private const int Gap = 10;
    private const int Smallest = 64;
    private const int Comfortable = 128;
    private const int Narrow = 180;
    private const int Widest = 256;
    private const int RowTitleWidth = 110;

    /// <summary>The space between pictures, in CSS pixels.</summary>
    public static int Spacing => Gap;

    /// <summary>
    /// Chooses the layout: small pictures are enlarged by a whole factor to about 128 pixels, large ones shown at 180 to 256, and all
    /// fit the width of a notebook if that leaves them at least 64.
    /// </summary>
    public static GridLayout Of(IReadOnlyList<GridImage> images, ImageGridOptions options)
    {
        var width = images.Select(image => image.Image.Width).DefaultIfEmpty(1).Max();
        var room = Charts.LossChart.Width - (options.RowTitles.Count > 0 ? RowTitleWidth : 0);
        var preferred = Math.Min(width * Math.Max(1, Comfortable / width), Widest);
        var fitting = (room + Gap) / (Math.Min(preferred, Narrow) + Gap);
        var columns = ColumnCount(images.Count, options, fitting);
        var available = (room + Gap) / columns - Gap;
        var cell = Math.Min(preferred, Math.Max(Smallest, available >= width ? available / width * width : available));
        return new GridLayout(columns, Math.Max(1, (images.Count + columns - 1) / columns), cell, width <= Comfortable / 2, options.BudgetOf(images.Count));
    }

    /// <summary>The height in CSS pixels at which a picture is shown.</summary>
    public int CellHeight(GridImage image) => Math.Max(1, (int)Math.Round(CellWidth * (double)image.Image.Height / image.Image.Width));

    /// <summary>The width of an enlarged picture: at least its own pixels, twice the cell for small ones.</summary>
    public int EnlargedWidth(GridImage image, int embeddedSide)
        => Crisp ? image.Image.Width * Math.Max(1, 384 / image.Image.Width) : Math.Clamp(image.Image.Width, CellWidth, Math.Max(CellWidth, embeddedSide));

    private static int ColumnCount(int count, ImageGridOptions options, int fitting)
    {
        if (options.ColumnTitles.Count > 0)
            return options.ColumnTitles.Count;
        return Math.Max(1, options.Columns > 0 ? options.Columns : Math.Min(fitting, count));
    }
}
