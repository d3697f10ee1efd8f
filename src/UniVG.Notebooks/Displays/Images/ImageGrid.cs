using System.Text;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Images;

/// <summary>
/// Pictures in rows and columns, each with its label: samples, dataset thumbnails, X/Y grids. A click (or space, when focused)
/// enlarges a picture in place, without scripts.
/// </summary>
public static class ImageGrid
{
    /// <summary>Shows pictures row by row.</summary>
    public static MimeBundle Create(IReadOnlyList<GridImage> images, ImageGridOptions? options = null)
    {
        options ??= new ImageGridOptions();
        var bundle = new MimeBundle(Text(images, options)).WithHtml(Style.Wrap(Html(images, options)));
        return options.WithPicture && images.Count > 0 ? bundle.WithPng(ContactSheet.Draw(images, options)) : bundle;
    }

    /// <summary>The grid inside another display, without the style sheet.</summary>
    internal static string Html(IReadOnlyList<GridImage> images, ImageGridOptions options)
    {
        var layout = GridLayout.Of(images, options);
        var html = new StringBuilder();
        if (options.Title is not null)
            html.Append($"<p class=\"univg-title\">{ShortText.Html(options.Title)}</p>\n");
        html.Append("<div class=\"univg-scroll\"><table class=\"univg-grid\">\n");
        AppendColumnTitles(html, options);
        html.Append("<tbody>\n");
        for (var row = 0; row < layout.Rows; row++)
            AppendRow(html, images, options, layout, row);
        return html.Append("</tbody></table></div>").ToString();
    }

    /// <summary>The text twin: one line for each picture.</summary>
    internal static string Text(IReadOnlyList<GridImage> images, ImageGridOptions options)
    {
        var layout = GridLayout.Of(images, options);
        var lines = images.Select((image, index) =>
        {
            var place = new[] { At(options.RowTitles, index / layout.Columns), At(options.ColumnTitles, index % layout.Columns), image.Label };
            var name = string.Join(" · ", place.Where(part => part.Length > 0));
            return $"  [{image.Image.Width}×{image.Image.Height}] {string.Join(": ", new[] { name, ShortText.Of(image.AltText) }.Where(part => part.Length > 0))}";
        });
        return string.Join('\n', lines.Prepend($"{options.Title ?? "Images"} ({images.Count})"));
    }

    /// <summary>One picture alone.</summary>
    internal static string Picture(GridImage image, GridLayout layout, ImageGridOptions options) => $"""
        <img class="{(layout.Crisp ? "univg-crisp" : "univg-smooth")}" src="{PngImage.DataUri(image.Image, options.EmbeddedSide, options.Lossy, layout.PictureBudget)}" width="{layout.CellWidth}" height="{layout.CellHeight(image)}" alt="{Style.Encode(ShortText.Of(image.AltText))}" decoding="sync" />
        """;

    /// <summary>One picture that a click enlarges, with what stands below it.</summary>
    internal static string Figure(GridImage image, GridLayout layout, ImageGridOptions options) => $"""
        <label class="univg-zoom" style="--cell:{layout.CellWidth}px;--enlarged:{layout.EnlargedWidth(image, options.EmbeddedSide)}px"><input type="checkbox" aria-label="enlarge {Style.Encode(ShortText.Of(image.AltText))}" />{Picture(image, layout, options)}</label>{Labels(image)}
        """;

    private static string Labels(GridImage image)
    {
        var label = Style.Encode(image.Label);
        if (image.File is not null)
            label = $"<a href=\"{Style.Encode(image.File)}\" target=\"_blank\" rel=\"noopener\">{(label.Length > 0 ? label : "full size")}</a>";
        var lines = label.Length > 0 ? $"<div class=\"univg-label\">{label}</div>" : "";
        return image.Caption is null ? lines : lines + $"<div class=\"univg-caption\">{Style.Encode(image.Caption)}</div>";
    }

    private static void AppendColumnTitles(StringBuilder html, ImageGridOptions options)
    {
        if (options.ColumnTitles.Count == 0)
            return;
        html.Append("<thead><tr>");
        if (options.RowTitles.Count > 0)
            html.Append("<td></td>");
        foreach (var title in options.ColumnTitles)
            html.Append($"<th scope=\"col\">{Style.Encode(title)}</th>");
        html.Append("</tr></thead>\n");
    }

    private static void AppendRow(
        StringBuilder html, IReadOnlyList<GridImage> images, ImageGridOptions options, GridLayout layout, int row)
    {
        html.Append("<tr>");
        if (options.RowTitles.Count > 0)
            html.Append($"<th scope=\"row\">{Style.Encode(At(options.RowTitles, row))}</th>");
        foreach (var image in images.Skip(row * layout.Columns).Take(layout.Columns))
            html.Append($"<td style=\"width:{layout.CellWidth}px\">{Figure(image, layout, options)}</td>\n");
        html.Append("</tr>\n");
    }

    private static string At(IReadOnlyList<string> titles, int index) => index < titles.Count ? titles[index] : "";
}
