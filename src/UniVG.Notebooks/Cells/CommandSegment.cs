namespace UniVG.Notebooks.Cells;

/// <summary>One <c>#!univg</c> command: what follows the name, with the line breaks of continued lines made spaces.</summary>
/// <param name="Text"><inheritdoc/></param>
/// <param name="Offset"><inheritdoc/></param>
/// <param name="Line"><inheritdoc/></param>
/// <param name="IsContinued">Whether the last line ends in a backslash, so that more is to come.</param>
public sealed record CommandSegment(string Text, int Offset, int Line, bool IsContinued) : CellSegment(Text, Offset, Line)
{
    private const string WithBody = "config";

    /// <summary>
    /// The lines below the command that belong to it, after as many empty ones as stand above it in the cell, so that line numbers are the
    /// cell's; "" for commands that take none.
    /// </summary>
    public string Body { get; init; } = "";

    /// <summary>Whether the command takes the lines below it: <c>config</c> alone.</summary>
    internal bool TakesBody => Text.Trim() == WithBody;
}
