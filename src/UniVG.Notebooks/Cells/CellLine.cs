namespace UniVG.Notebooks.Cells;

/// <summary>One line of a cell: <see cref="Start"/> to <see cref="End"/> with its line break.</summary>
internal sealed class CellLine
{
    private readonly string _cell;

    private CellLine(string cell, int start, int number)
    {
        _cell = cell;
        Start = start;
        Number = number;
        var lineBreak = cell.IndexOf('\n', start);
        End = lineBreak < 0 ? cell.Length : lineBreak + 1;
        Content = cell[start..End].TrimEnd('\r', '\n');
    }

    public int Start { get; }

    public int End { get; }

    public int Number { get; }

    /// <summary>The line without its line break.</summary>
    public string Content { get; }

    public bool IsDirective => Content.AsSpan().TrimStart().StartsWith("#!");

    /// <summary>Whether the line goes on in the next one.</summary>
    public bool IsContinued => Content.AsSpan().TrimEnd().EndsWith("\\");

    /// <summary>The first word.</summary>
    public string Directive => Content[DirectiveStart..DirectiveEnd];

    /// <summary>Where what follows the first word and its spaces begins in the cell.</summary>
    public int ArgumentStart
    {
        get
        {
            var position = DirectiveEnd;
            while (position < Content.Length && char.IsWhiteSpace(Content[position])) position++;
            return Start + position;
        }
    }

    /// <summary>What follows the first word.</summary>
    public string Argument => Content[(ArgumentStart - Start)..];

    private int DirectiveStart => Content.Length - Content.AsSpan().TrimStart().Length;

    private int DirectiveEnd
    {
        get
        {
            var position = DirectiveStart;
            while (position < Content.Length && !char.IsWhiteSpace(Content[position])) position++;
            return position;
        }
    }

    public static CellLine? First(string cell) => cell.Length == 0 ? null : new CellLine(cell, 0, 0);

    public CellLine? Next() => End < _cell.Length ? new CellLine(_cell, End, Number + 1) : null;
}
