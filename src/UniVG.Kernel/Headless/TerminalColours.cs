using System.Text.RegularExpressions;

namespace UniVG.Kernel.Headless;

/// <summary>The colour codes that error outputs carry.</summary>
internal static partial class TerminalColours
{
    /// <summary>The text without its colours, for logs.</summary>
    public static string Remove(string text) => Code().Replace(text, "");

    [GeneratedRegex(@"\u001b\[[0-9;]*m")]
    private static partial Regex Code();
}
