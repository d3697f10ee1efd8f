namespace UniVG.Notebooks.Cells;

/// <summary>A <c>#!univg</c> command of a cell that another host splits: .NET Interactive ends a directive with its line.</summary>
/// <param name="Text">The text after <c>#!univg</c>, continued lines included.</param>
/// <param name="Body">The lines below that belong to the command, as <see cref="CommandSegment.Body"/>; "" for none.</param>
/// <param name="Rest">
/// What is left of the cell where the command took lines that the host holds for C#, so that the host must not go on with the cell
/// by itself; null where the command is the directive's line alone.
/// </param>
public sealed record HostedCommand(string Text, string Body, string? Rest)
{
    /// <summary>The directive.</summary>
    public const string Directive = "#!univg";

    /// <summary>Reads a command.</summary>
    /// <param name="cell">The cell's text.</param>
    /// <param name="index">How many commands stand above it in the cell.</param>
    /// <exception cref="ArgumentOutOfRangeException">The cell has no such command.</exception>
    public static HostedCommand Read(string cell, int index)
    {
        var line = CellLine.First(cell);
        for (; line is not null; line = line.Next())
        {
            // The host knows directives at the start of a line only.
            if (line.Directive == Directive && cell[line.Start] == Directive[0] && index-- == 0) break;
        }

        ArgumentOutOfRangeException.ThrowIfNotEqual(index, -1);
        return Read(cell, line!);
    }

    private static HostedCommand Read(string cell, CellLine line)
    {
        var directiveEnd = line.End;
        var command = CellParser.ReadCommand(ref line);
        var (bodyStart, end) = (line.End, line.End);
        if (command.TakesBody)
        {
            for (var next = line.Next(); next is { IsDirective: false }; next = next.Next()) end = next.End;
        }

        var body = cell[bodyStart..end];
        if (string.IsNullOrWhiteSpace(body)) body = "";
        else body = new string('\n', line.Number + 1) + body;
        return new HostedCommand(command.Text.TrimEnd(), body, end == directiveEnd ? null : cell[end..]);
    }
}
