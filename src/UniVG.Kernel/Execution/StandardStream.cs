namespace UniVG.Kernel.Execution;

/// <summary>The two streams that a program writes text to.</summary>
internal enum StandardStream
{
    Output,
    Error,
}
