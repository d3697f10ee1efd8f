using System.CommandLine;
using System.Text.RegularExpressions;

namespace UniVG.Notebooks.Commands.Completion;

/// <summary>What the description of an option or argument says: its meaning and, behind the last "; default", its default.</summary>
/// <param name="Meaning">What it means.</param>
/// <param name="Default">What holds where it is not given; null where the description does not say.</param>
internal sealed partial record ParameterText(string Meaning, string? Default)
{
    /// <summary>Reads a description.</summary>
    public static ParameterText Of(Symbol symbol)
    {
        var description = symbol.Description ?? "";
        var match = DefaultClause().Match(description);
        return match.Success ? new ParameterText(match.Groups["meaning"].Value, match.Groups["default"].Value) : new ParameterText(description, Default: null);
    }

    [GeneratedRegex("^(?<meaning>.+)[;,] default (?<default>.+)$", RegexOptions.Singleline)]
    private static partial Regex DefaultClause();
}
