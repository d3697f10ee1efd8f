using UniVG.Diffusion;

namespace UniVG.Notebooks.Cells;

/// <summary>
/// Splits a cell into segments. A line whose first non-space characters are <c>#!</c> is a directive; all other lines belong to
/// the section that the last directive began, which is C# at first and after a command.
/// </summary>
/// <param name="isText">
/// Whether a position of C# code lies in a string or comment, where <c>#!</c> begins no directive; null looks at lines only, as .NET
/// Interactive does.
/// </param>
public sealed class CellParser(Func<string, int, bool>? isText = null)
{
    /// <summary>The directives that a cell may hold, with what each one does.</summary>
    public static IReadOnlyList<(string Name, string Description)> Directives { get; } =
    [
        ("#!univg", "Loads, shows, fine-tunes and samples models; '#!univg help' lists the commands."),
        ("#!csharp", "C# code follows."),
        ("#!markdown", "Markdown text follows and is shown."),
        ("#!html", "HTML follows and is shown."),
        ("#!time", "Measures how long the rest of the cell takes."),
    ];

    /// <summary>Splits a cell; the segments are in the cell's order and none is blank C#.</summary>
    /// <exception cref="UniVGException">A line begins with an unknown directive.</exception>
    public IReadOnlyList<CellSegment> Parse(string cell)
    {
        var segments = new List<CellSegment>();
        var section = new Section(Directive: "#!csharp", Start: 0, Line: 0);
        for (var line = CellLine.First(cell); line is not null; line = line.Next())
        {
            if (!line.IsDirective || (section.IsCode && IsText(cell, section, line))) continue;

            section.CloseInto(segments, cell, line.Start);
            section = Open(segments, ref line);
        }

        section.CloseInto(segments, cell, cell.Length);
        return segments;
    }

    // Most directives have no code above them in their section, and need no look at it.
    private bool IsText(string cell, Section section, CellLine line) =>
        isText is not null && !string.IsNullOrWhiteSpace(cell[section.Start..line.Start]) && isText(cell[section.Start..], line.Start - section.Start);

    // Adds what the directive itself is and returns the section that it begins; a continued command takes further lines.
    private static Section Open(List<CellSegment> segments, ref CellLine line)
    {
        var directive = line.Directive;
        switch (directive)
        {
            case "#!univg":
                var command = ReadCommand(ref line);
                segments.Add(command);
                return new Section(command.TakesBody ? Section.CommandBody : "#!csharp", line.End, line.Number + 1);
            case "#!time":
                segments.Add(new TimeSegment(line.Argument, line.ArgumentStart, line.Number));
                return new Section("#!csharp", line.End, line.Number + 1);
            case "#!csharp" or "#!c#" or "#!markdown" or "#!html":
                return new Section(directive, line.ArgumentStart, line.Number);
            default:
                throw new UniVGException(
                    $"Line {line.Number + 1} begins with {directive}, which is not known here; a cell may hold C# and " +
                    $"{string.Join(", ", Directives.Select(d => d.Name))}.");
        }
    }

    /// <summary>Reads the command that begins on a line, and leaves the line on which it ends.</summary>
    internal static CommandSegment ReadCommand(ref CellLine line)
    {
        var (start, number) = (line.ArgumentStart, line.Number);
        var text = line.Argument;
        while (line.IsContinued && line.Next() is { } next)
        {
            // The backslash and the line break become as many spaces: positions stay those of the cell.
            text = text.TrimEnd()[..^1];
            text = text.PadRight(next.Start - start) + next.Content;
            line = next;
        }

        return new CommandSegment(text, start, number, line.IsContinued);
    }
}
