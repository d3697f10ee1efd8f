namespace UniVG.Notebooks.Cells;

/// <summary>Text that is shown as it is: a <c>#!markdown</c> or <c>#!html</c> section.</summary>
/// <param name="Text"><inheritdoc/></param>
/// <param name="Offset"><inheritdoc/></param>
/// <param name="Line"><inheritdoc/></param>
/// <param name="MimeType"><c>text/markdown</c> or <c>text/html</c>.</param>
public sealed record MarkupSegment(string Text, int Offset, int Line, string MimeType) : CellSegment(Text, Offset, Line);
