using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>
/// Two rows of pictures made from the same seeds, such as without and with an adapter: below each other by default; laid over each
/// other with a divider that a slider moves when "overlay" is ticked.
/// </summary>
public static class ImageComparison
{
    /// <summary>Compares two rows.</summary>
    /// <param name="before">The first row.</param>
    /// <param name="after">The second row: as many pictures, the same seeds in the same order.</param>
    /// <param name="beforeTitle">The first row's heading.</param>
    /// <param name="afterTitle">The second row's heading.</param>
    /// <param name="options">Title and sizes; titles of rows are taken from the two headings.</param>
    public static MimeBundle Create(
        IReadOnlyList<GridImage> before,
        IReadOnlyList<GridImage> after,
        string beforeTitle = "without adapter",
        string afterTitle = "with adapter",
        ImageGridOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentOutOfRangeException.ThrowIfNotEqual(after.Count, before.Count);
        options = (options ?? new ImageGridOptions()) with { Columns = Math.Max(1, before.Count), RowTitles = [beforeTitle, afterTitle] };
        IReadOnlyList<GridImage> all = [.. before, .. after];
        return new MimeBundle(ImageGrid.Text(all, options))
            .WithHtml(Style.Wrap(Html(before, after, options)))
            .WithPng(ContactSheet.Draw(all, options));
    }

    private static string Html(IReadOnlyList<GridImage> before, IReadOnlyList<GridImage> after, ImageGridOptions options)
    {
        var layout = GridLayout.Of(before, options);
        var columns = before.Zip(after).Select(pair => $"""
            <div class="univg-column" style="width:{layout.CellWidth}px"><div class="univg-pair"><div class="univg-first">{Picture(pair.First)}</div><div class="univg-second">{Picture(pair.Second)}</div></div><div class="univg-label">{Style.Encode(pair.First.Label)}</div></div>
            """);
        var (first, second) = (Style.Encode(options.RowTitles[0]), Style.Encode(options.RowTitles[1]));
        // The two rows' headings get the pictures' heights, so that each stands beside its row.
        var height = before.Select(image => Height(image, layout)).DefaultIfEmpty(0).Max();
        return $"""
            {(options.Title is null ? "" : $"<p class=\"univg-title\">{Style.Encode(options.Title)}</p>")}
            <div class="univg-compare">
            <p class="univg-controls"><label><input type="checkbox" class="univg-overlay" /> overlay</label> <label class="univg-slider">{first} <input type="range" min="0" max="100" value="50" aria-label="divider between {first} and {second}" oninput="this.closest('.univg-compare').style.setProperty('--cut', this.value + '%')" /> {second}</label></p>
            <div class="univg-columns"><div class="univg-rows"><div style="height:{height}px">{first}</div><div style="height:{height}px">{second}</div></div>
            {string.Join('\n', columns)}
            </div></div>
            """;

        string Picture(GridImage image) => $"""
            <img class="{(layout.Crisp ? "univg-crisp" : "univg-smooth")}" src="{PngImage.DataUri(image.Image, options.EmbeddedSide, options.Lossy)}" width="{layout.CellWidth}" height="{Height(image, layout)}" alt="{Style.Encode(image.AltText)}" decoding="sync" />
            """;
    }

    private static int Height(GridImage image, GridLayout layout)
        => (int)Math.Round(layout.CellWidth * (double)image.Image.Height / image.Image.Width);
}
