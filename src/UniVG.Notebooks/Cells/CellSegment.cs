namespace UniVG.Notebooks.Cells;

/// <summary>A stretch of a cell that one language handles.</summary>
/// <param name="Text">
/// The stretch's text. It has the length that it has in the cell, so a position in it plus <paramref name="Offset"/> is a
/// position in the cell.
/// </param>
/// <param name="Offset">Where <paramref name="Text"/> begins in the cell, in UTF-16 units.</param>
/// <param name="Line">The line of the cell on which <paramref name="Text"/> begins, from 0.</param>
public abstract record CellSegment(string Text, int Offset, int Line)
{
    /// <summary>Whether a position of the cell lies in this segment or directly behind it.</summary>
    public bool Covers(int position) => position >= Offset && position <= Offset + Text.Length;
}
