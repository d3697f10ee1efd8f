namespace UniVG.Kernel.Execution;

/// <summary>Why a cell failed, in the three parts of a notebook's error output.</summary>
/// <param name="Name">The kind: an exception type, <c>UniVG</c>, <c>CompilationError</c> or <c>KeyboardInterrupt</c>.</param>
/// <param name="Message">The message.</param>
/// <param name="Traceback">What is shown, line by line, with terminal colours.</param>
internal sealed record CellError(string Name, string Message, IReadOnlyList<string> Traceback)
{
    public const string Interrupted = "KeyboardInterrupt";

    public bool IsInterrupt => Name == Interrupted;
}
