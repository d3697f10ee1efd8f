namespace UniVG.Notebooks.Commands;

/// <summary>One word of a command line.</summary>
/// <param name="Text">What it says, without quotes.</param>
/// <param name="Start">Where it begins in the line, its quote included.</param>
/// <param name="End">Where it ends.</param>
internal readonly record struct CommandWord(string Text, int Start, int End)
{
    /// <summary>Whether it names an option; a number below zero does not.</summary>
    public bool IsOption => Text.StartsWith("--", StringComparison.Ordinal);
}
