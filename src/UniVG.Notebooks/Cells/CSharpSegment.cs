namespace UniVG.Notebooks.Cells;

/// <summary>C# code, <c>#r</c> and <c>#load</c> lines included.</summary>
/// <inheritdoc/>
public sealed record CSharpSegment(string Text, int Offset, int Line) : CellSegment(Text, Offset, Line);
