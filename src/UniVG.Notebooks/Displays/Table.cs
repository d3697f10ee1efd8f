using System.Text;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays;

/// <summary>A table of texts: runs, settings, buckets, keys of a file.</summary>
/// <param name="Columns">The columns, from the left.</param>
/// <param name="Rows">The rows; each has a text for each column.</param>
public sealed record Table(IReadOnlyList<TableColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>Above the table; null for none.</summary>
    public string? Title { get; init; }

    /// <summary>The row to set in bold, such as the best run; null for none. Say in words what makes it so.</summary>
    public int? HighlightedRow { get; init; }

    /// <summary>Shows the table.</summary>
    public MimeBundle ToBundle() => new MimeBundle(ToText()).WithHtml(Style.Wrap(ToHtml()));

    /// <summary>The table with its columns aligned by spaces; the highlighted row ends with an arrow.</summary>
    public string ToText()
    {
        var widths = Columns.Select((column, index) => Rows.Select(row => Cell(row, index).Length).Append(column.Title.Length).Max()).ToArray();
        var text = new StringBuilder();
        if (Title is not null)
            text.Append(Title).Append('\n');
        AppendLine(text, [.. Columns.Select(column => column.Title)], widths);
        text.Append('\n').AppendJoin("  ", widths.Select(width => new string('-', width)));
        for (var row = 0; row < Rows.Count; row++)
        {
            text.Append('\n');
            AppendLine(text, Rows[row], widths);
            if (row == HighlightedRow)
                text.Append("  ←");
        }

        return text.ToString();
    }

    /// <summary>The table inside another display, without the style sheet.</summary>
    internal string ToHtml()
    {
        var html = new StringBuilder();
        if (Title is not null)
            html.Append($"<p class=\"univg-title\">{Style.Encode(Title)}</p>\n");
        html.Append("<div class=\"univg-scroll\"><table>\n<thead><tr>");
        foreach (var column in Columns)
            html.Append($"<th scope=\"col\"{NumberClass(column)}>{Style.Encode(column.Title)}</th>");
        html.Append("</tr></thead>\n<tbody>\n");
        for (var row = 0; row < Rows.Count; row++)
        {
            html.Append(row == HighlightedRow ? "<tr class=\"univg-best\">" : "<tr>");
            for (var index = 0; index < Columns.Count; index++)
                html.Append($"<td{NumberClass(Columns[index])}>{Style.Encode(Cell(Rows[row], index))}</td>");
            html.Append("</tr>\n");
        }

        return html.Append("</tbody></table></div>").ToString();
    }

    private void AppendLine(StringBuilder text, IReadOnlyList<string> cells, int[] widths)
    {
        var padded = widths.Select((width, index)
            => Columns[index].Numeric ? Cell(cells, index).PadLeft(width) : Cell(cells, index).PadRight(width));
        text.Append(string.Join("  ", padded).TrimEnd());
    }

    private static string Cell(IReadOnlyList<string> row, int index) => index < row.Count ? row[index] : "";

    private static string NumberClass(TableColumn column) => column.Numeric ? " class=\"univg-num\"" : "";
}
