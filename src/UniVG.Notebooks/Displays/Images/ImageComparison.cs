using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>
/// Two rows of pictures made from the same seeds, such as without and with an adapter, below each other. Where scripts run, a third
/// row lays each pair over each other, with a divider to drag (or to move by the arrow keys).
/// </summary>
public static class ImageComparison
{
    // The third row's pictures are those of the rows above, so they cost no bytes; viewers without scripts show no dead sliders.
    private const string Script = """
        (function () {
          function fill(tries) {
            document.querySelectorAll(".univg-compare:not([data-ready])").forEach(function (box) {
              box.dataset.ready = "yes";
              var rows = ["first", "second"].map(function (row) { return box.querySelector(".univg-" + row); });
              var both = rows[1].parentElement.insertRow(), heading = document.createElement("th");
              both.className = "univg-both";
              heading.scope = "row";
              heading.textContent = "both: drag the divider";
              both.appendChild(heading);
              var images = rows.map(function (row) { return row.querySelectorAll("img"); });
              images[0].forEach(function (image, column) {
                var cut = document.createElement("div"), slider = document.createElement("input");
                cut.className = "univg-cut";
                cut.style.cssText = "width:" + image.getAttribute("width") + "px;height:" + image.getAttribute("height") + "px";
                images.forEach(function (row) {
                  var copy = row[column].cloneNode(false);
                  copy.alt = "";
                  cut.appendChild(copy);
                });
                slider.type = "range";
                slider.setAttribute("aria-label", rows.map(function (row) { return row.cells[0].textContent; }).join(" to ") + ": divider, picture " + (column + 1));
                slider.oninput = function () { cut.style.setProperty("--cut", slider.value + "%"); };
                cut.appendChild(slider);
                both.insertCell().appendChild(cut);
              });
            });
            if (tries > 0) setTimeout(fill, 100, tries - 1);
          }
          // Some clients run scripts before the output is on the page.
          fill(20);
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
            {(options.Title is null ? "" : $"<p class=\"univg-title\">{ShortText.Html(options.Title)}</p>")}
            <div class="univg-compare">
            <div class="univg-scroll"><table class="univg-grid">
            <thead><tr><td></td>{string.Concat(before.Select(image => $"<th scope=\"col\">{Style.Encode(image.Label)}</th>"))}</tr></thead>
            <tbody>
            <tr class="univg-first"><th scope="row">{first}</th>{Cells(before, layout, options)}</tr>
            <tr class="univg-second"><th scope="row">{second}</th>{Cells(after, layout, options)}</tr>
            </tbody></table></div></div>
            <script>{Script}</script>
            """;
    }

    private static string Cells(IReadOnlyList<GridImage> images, GridLayout layout, ImageGridOptions options)
        => string.Concat(images.Select(image => $"<td>{ImageGrid.Figure(image with { Label = "" }, layout, options)}</td>\n"));
}
