using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>
/// Two rows of pictures made from the same seeds, such as without and with an adapter, below each other. Where scripts run, a third
/// row lays each pair over each other, with a divider to drag (or to move by the arrow keys).
/// </summary>
public static class ImageComparison
{
    // The third row's pictures are those of the rows above, so they cost no bytes.
    private const string Script = """
        (function () {
          function fill() {
            document.querySelectorAll(".univg-compare:not([data-ready])").forEach(function (box) {
              box.dataset.ready = "yes";
              var pairs = ["first", "second"].map(function (row) { return box.querySelectorAll(".univg-" + row + " img"); });
              box.querySelectorAll(".univg-cut").forEach(function (cut, column) {
                var slider = cut.querySelector("input");
                pairs.forEach(function (images) {
                  var copy = images[column].cloneNode(false);
                  copy.alt = "";
                  cut.insertBefore(copy, slider);
                });
                slider.oninput = function () { cut.style.setProperty("--cut", slider.value + "%"); };
              });
              box.querySelector(".univg-both").hidden = false;
            });
          }
          fill();
          setTimeout(fill, 200);
        })();
        """;

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

    // A table, so that viewers that strip styles still align the rows.
    private static string Html(IReadOnlyList<GridImage> before, IReadOnlyList<GridImage> after, ImageGridOptions options)
    {
        var layout = GridLayout.Of([.. before, .. after], options);
        var (first, second) = (Style.Encode(options.RowTitles[0]), Style.Encode(options.RowTitles[1]));
        return $"""
            {(options.Title is null ? "" : $"<p class=\"univg-title\">{Style.Encode(options.Title)}</p>")}
            <div class="univg-compare">
            <div class="univg-scroll"><table class="univg-grid">
            <thead><tr><td></td>{string.Concat(before.Select(image => $"<th scope=\"col\">{Style.Encode(image.Label)}</th>"))}</tr></thead>
            <tbody>
            <tr class="univg-first"><th scope="row">{first}</th>{Cells(before, layout, options)}</tr>
            <tr class="univg-second"><th scope="row">{second}</th>{Cells(after, layout, options)}</tr>
            <tr class="univg-both" hidden="hidden"><th scope="row">both: drag the divider</th>{string.Concat(before.Select(image => Cut(image, layout, first, second)))}</tr>
            </tbody></table></div></div>
            <script>{Script}</script>
            """;
    }

    private static string Cells(IReadOnlyList<GridImage> images, GridLayout layout, ImageGridOptions options)
        => string.Concat(images.Select(image => $"<td>{ImageGrid.Figure(image with { Label = "" }, layout, options)}</td>\n"));

    private static string Cut(GridImage image, GridLayout layout, string first, string second) => $"""
        <td><div class="univg-cut" style="width:{layout.CellWidth}px;height:{layout.CellHeight(image)}px"><input type="range" min="0" max="100" value="50" aria-label="{Style.Encode(image.Label)}: divider between {first} and {second}" /></div></td>

        """;
}
