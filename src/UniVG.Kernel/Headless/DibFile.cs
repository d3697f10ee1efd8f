using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace UniVG.Kernel.Headless;

/// <summary>Notebooks in .NET Interactive's text format: cells one after the other, each begun by a line that names its language.</summary>
internal static partial class DibFile
{
    /// <summary>Reads the text of a .dib file.</summary>
    public static JsonObject Read(string text)
    {
        var cells = new JsonArray();
        var language = "#!csharp";
        var lines = new List<string>();
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (!CellStart().IsMatch(line))
            {
                lines.Add(line);
                continue;
            }

            AddCell(cells, language, lines);
            language = line.Trim();
        }

        AddCell(cells, language, lines);
        return new JsonObject { ["cells"] = cells, ["metadata"] = new JsonObject(), ["nbformat"] = 4, ["nbformat_minor"] = 5 };
    }

    private static void AddCell(JsonArray cells, string language, List<string> lines)
    {
        var source = string.Join('\n', lines).Trim('\n');
        lines.Clear();
        if (language == "#!meta" || string.IsNullOrWhiteSpace(source)) return;
        cells.Add(language switch
        {
            "#!markdown" => new JsonObject { ["cell_type"] = "markdown", ["metadata"] = new JsonObject(), ["source"] = JsonLines.Split(source) },
            "#!csharp" or "#!c#" => NotebookCell.Code(source).Json,

            // Another language: the line stays, and running the cell shows it or says that it is unknown.
            _ => NotebookCell.Code($"{language}\n{source}").Json,
        });
    }

    // The languages of .NET Interactive; other directives (#!univg, #!time) belong to the cell they are in.
    [GeneratedRegex(@"^#!(meta|csharp|c#|markdown|html|fsharp|f#|pwsh|powershell|javascript|js|mermaid|http|sql|kql|value)[ \t]*$", RegexOptions.IgnoreCase)]
    private static partial Regex CellStart();
}
