namespace UniVG.Notebooks.Cells;

/// <summary>A <c>#!time</c> line: the rest of the cell is timed.</summary>
/// <inheritdoc/>
public sealed record TimeSegment(string Text, int Offset, int Line) : CellSegment(Text, Offset, Line);
