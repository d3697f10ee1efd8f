namespace UniVG.Kernel.Language;

/// <summary>Whether a console that reads a cell line by line may run it.</summary>
internal enum CellCompleteness
{
    Complete,
    Incomplete,
    Invalid,
}
