namespace UniVG.Notebooks.Cells;

/// <summary>The lines between two directives, and which of them began it.</summary>
internal readonly record struct Section(string Directive, int Start, int Line)
{
    /// <summary>What stands for the directive of lines that a command takes.</summary>
    public const string CommandBody = "#!univg";

    /// <summary>Whether the lines are C#.</summary>
    public bool IsCode => Directive is "#!csharp" or "#!c#";

    public void CloseInto(List<CellSegment> segments, string cell, int end)
    {
        var text = cell[Math.Min(Start, end)..end];
        if (string.IsNullOrWhiteSpace(text)) return;

        if (segments is [.., CommandSegment { TakesBody: true } command] && Directive == CommandBody)
        {
            segments[^1] = command with { Body = new string('\n', Line) + text };
            return;
        }

        segments.Add(Directive switch
        {
            "#!markdown" => new MarkupSegment(text, Start, Line, "text/markdown"),
            "#!html" => new MarkupSegment(text, Start, Line, "text/html"),
            _ => new CSharpSegment(text, Start, Line),
        });
    }
}
