using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>
/// Two rows of pictures made from the same seeds, such as without and with an adapter: below each other by default; laid over each
/// other with a divider that a slider moves when "overlay" is ticked.
/// </summary>
public static class ImageComparison
{
    /// <summary>The space below a picture, as the style sheet sets it for cells of grids.</summary>
    private const int RowPadding = 8;

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

    // A table, so that viewers that strip styles still align the rows; overlaying moves the second row's pictures up by one row.
    private static string Html(IReadOnlyList<GridImage> before, IReadOnlyList<GridImage> after, ImageGridOptions options)
    {
        var layout = GridLayout.Of(before, options);
        var (first, second) = (Style.Encode(options.RowTitles[0]), Style.Encode(options.RowTitles[1]));
        var row = before.Select(image => layout.CellHeight(image)).DefaultIfEmpty(0).Max() + RowPadding;
        return $"""
            {(options.Title is null ? "" : $"<p class=\"univg-title\">{Style.Encode(options.Title)}</p>")}
            <div class="univg-compare" style="--row:{row}px">
            <p class="univg-controls"><label><input type="checkbox" class="univg-overlay" /> overlay</label> <label class="univg-slider">{first} <input type="range" min="0" max="100" value="50" aria-label="divider between {first} and {second}" oninput="this.closest('.univg-compare').style.setProperty('--cut', this.value + '%')" /> {second}</label></p>
            <div class="univg-scroll"><table class="univg-grid">
            <thead><tr><td></td>{string.Concat(before.Select(image => $"<th scope=\"col\">{Style.Encode(image.Label)}</th>"))}</tr></thead>
            <tbody>
            <tr class="univg-first"><th scope="row">{first}</th>{Cells(before, layout, options)}</tr>
            <tr class="univg-second"><th scope="row">{second}</th>{Cells(after, layout, options)}</tr>
            </tbody></table></div></div>
            """;
    }

    private static string Cells(IReadOnlyList<GridImage> images, GridLayout layout, ImageGridOptions options)
        => string.Concat(images.Select(image => $"<td>{ImageGrid.Picture(image, layout, options)}</td>\n"));
}
