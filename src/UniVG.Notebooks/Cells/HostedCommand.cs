namespace UniVG.Notebooks.Cells;

/// <summary>A <c>#!univg</c> command of a cell that another host split: .NET Interactive ends a directive with its line.</summary>
/// <param name="Text">The text after <c>#!univg</c>, continued lines included.</param>
/// <param name="Body">The lines below that belong to the command, as <see cref="CommandSegment.Body"/>; "" for none.</param>
/// <param name="Rest">
/// What is left of the cell where the command took lines that the host holds for C#, so that the host must not go on with the cell
/// by itself; null where the command is the directive's line alone.
/// </param>
public sealed record HostedCommand(string Text, string Body, string? Rest)
{
    /// <summary>The directive, with the space behind it.</summary>
    public const string Prefix = "#!univg ";

    /// <summary>Reads a command.</summary>
    /// <param name="cell">The cell's text.</param>
    /// <param name="directive">The line of the cell that the host took for the directive.</param>
    public static HostedCommand Read(string cell, string directive)
    {
        var start = cell.IndexOf(directive, StringComparison.Ordinal);
        if (start < 0) (cell, start) = (directive, 0);

        var line = CellLine.First(cell[start..])!;
        var directiveEnd = line.End;
        var command = CellParser.ReadCommand(ref line);
        var commandEnd = line.End;
        var end = commandEnd;
        if (command.TakesBody)
        {
            for (var next = line.Next(); next is { IsDirective: false }; next = next.Next()) end = next.End;
        }

        var body = cell[(start + commandEnd)..(start + end)];
        if (string.IsNullOrWhiteSpace(body)) body = "";
        else body = new string('\n', cell.AsSpan(0, start + commandEnd).Count('\n')) + body;
        return new HostedCommand(command.Text.TrimEnd(), body, end == directiveEnd ? null : cell[(start + end)..]);
    }
}
