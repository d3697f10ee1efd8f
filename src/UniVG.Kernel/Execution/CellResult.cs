using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Execution;

/// <summary>How a cell ended.</summary>
/// <param name="Value">What is shown for its last expression; null when it has none.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
internal sealed record CellResult(MimeBundle? Value, CellError? Error);
