using System.Text;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays;

/// <summary>A short description of one thing: a title, facts, then notes and warnings.</summary>
/// <param name="Title">What it is, such as <c>Model: tiny</c>.</param>
public sealed record Card(string Title)
{
    /// <summary>Facts, in order: what and how much.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; } = [];

    /// <summary>Tables below the facts.</summary>
    public IReadOnlyList<Table> Tables { get; init; } = [];

    /// <summary>Sentences worth knowing.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Sentences that ask for attention; each is marked as such in words.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Shows the card.</summary>
    public MimeBundle ToBundle() => new MimeBundle(ToText()).WithHtml(Style.Wrap(ToHtml()));

    /// <summary>The card as text: facts aligned, warnings first marked by <c>Warning:</c>.</summary>
    public string ToText()
    {
        var text = new StringBuilder(Title);
        var width = Facts.Select(fact => fact.Key.Length).DefaultIfEmpty(0).Max();
        foreach (var fact in Facts)
            text.Append("\n  ").Append(fact.Key.PadRight(width)).Append("  ").Append(fact.Value.ReplaceLineEndings("\n" + new string(' ', width + 4)));
        foreach (var table in Tables)
            text.Append("\n\n").Append(table.ToText());
        foreach (var warning in Warnings)
            text.Append("\nWarning: ").Append(warning);
        foreach (var note in Notes)
            text.Append('\n').Append(note);
        return text.ToString();
    }

    /// <summary>The card inside another display, without the style sheet.</summary>
    internal string ToHtml()
    {
        var html = new StringBuilder($"<p class=\"univg-title\">{Style.Encode(Title)}</p>\n");
        if (Facts.Count > 0)
        {
            html.Append("<table><tbody>\n");
            foreach (var fact in Facts)
                html.Append($"<tr><th scope=\"row\">{Style.Encode(fact.Key)}</th><td>{Lines(fact.Value)}</td></tr>\n");
            html.Append("</tbody></table>\n");
        }

        foreach (var table in Tables)
            html.Append(table.ToHtml()).Append('\n');
        foreach (var warning in Warnings)
            html.Append($"<p class=\"univg-warning\"><strong>Warning:</strong> {Style.Encode(warning)}</p>\n");
        foreach (var note in Notes)
            html.Append($"<p class=\"univg-note\">{Style.Encode(note)}</p>\n");
        return html.ToString();
    }

    private static string Lines(string value) => Style.Encode(value).ReplaceLineEndings("<br />");
}
