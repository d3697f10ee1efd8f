using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Headless;

/// <summary>The cell that ended a run.</summary>
/// <param name="Number">Its number among the code cells, from 1.</param>
/// <param name="Source">Its text.</param>
/// <param name="Error">Why it failed.</param>
internal sealed record FailedCell(int Number, string Source, CellError Error);
