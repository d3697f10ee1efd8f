namespace UniVG.Kernel.Tests.Execution;

/// <summary>What the tests' cells see as <c>univg</c>.</summary>
public sealed class TestGlobals
{
#pragma warning disable IDE1006 // Cells see the name as it is.
    public Version univg { get; } = new(1, 2);
#pragma warning restore IDE1006
}
