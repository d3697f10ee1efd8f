using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using UniVG.Diffusion;
using UniVG.Notebooks.Cells;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Language;

/// <summary>Completes and explains cells, whose lines may be directives, <c>#!univg</c> commands or C#.</summary>
internal sealed partial class CellLanguage(ICommandRunner commands, CSharpLanguage csharp)
{
    /// <summary>How cells are parsed.</summary>
    public static readonly CSharpParseOptions ScriptSyntax = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);

    /// <summary>Splits cells into commands, C# and markup.</summary>
    public static CellParser Cells { get; } = new(CSharpText.Covers);

    /// <summary>What may stand at a position of a cell.</summary>
    public async Task<IReadOnlyList<CellCompletion>> CompleteAsync(string cell, int position)
    {
        if (DirectiveBefore(cell, position) is { } word)
        {
            return [.. CellParser.Directives.Where(d => d.Name.StartsWith(word, StringComparison.Ordinal))
                .Select(d => new CellCompletion(d.Name, "keyword", position - word.Length, position))];
        }

        return SegmentAt(cell, position) switch
        {
            CommandSegment command => [.. commands.Complete(command.Text, position - command.Offset).Select(
                c => new CellCompletion(c.Text, c.Kind.ToString().ToLowerInvariant(), command.Offset + c.Start, command.Offset + c.End))],
            CSharpSegment or null => await csharp.CompleteAsync(CSharpOf(cell), position),
            _ => [],
        };
    }

    /// <summary>What is known of the word at a position, as text and Markdown; null when nothing is.</summary>
    public async Task<MimeBundle?> DescribeAsync(string cell, int position) => SegmentAt(cell, position) switch
    {
        CommandSegment command => commands.Describe(command.Text, position - command.Offset) is { } tip
            ? new MimeBundle(tip.Text).With("text/markdown", tip.Markdown)
            : null,
        CSharpSegment or null => await csharp.DescribeAsync(CSharpOf(cell), position),
        _ => null,
    };

    /// <summary>Whether a cell can be run, or more lines are to come.</summary>
    public static CellCompleteness IsComplete(string cell)
    {
        IReadOnlyList<CellSegment> segments;
        try
        {
            segments = Cells.Parse(cell);
        }
        catch (UniVGException)
        {
            return CellCompleteness.Invalid;
        }

        if (segments is [.., CommandSegment { IsContinued: true }]) return CellCompleteness.Incomplete;
        foreach (var code in segments.OfType<CSharpSegment>())
        {
            var tree = CSharpSyntaxTree.ParseText(code.Text, ScriptSyntax);
            if (!SyntaxFactory.IsCompleteSubmission(tree)) return CellCompleteness.Incomplete;
            if (tree.GetDiagnostics().Any(d => d.Severity == DiagnosticSeverity.Error)) return CellCompleteness.Invalid;
        }

        return CellCompleteness.Complete;
    }

    private static CellSegment? SegmentAt(string cell, int position)
    {
        try
        {
            // A command covers the end of its line; the code that begins behind it does not.
            return Cells.Parse(cell).FirstOrDefault(s => s.Covers(position));
        }
        catch (UniVGException)
        {
            return null;
        }
    }

    // The cell with everything that is not C# blanked, so that positions stay what they are.
    private static string CSharpOf(string cell)
    {
        IReadOnlyList<CellSegment> segments;
        try
        {
            segments = Cells.Parse(cell);
        }
        catch (UniVGException)
        {
            return cell;
        }

        var code = cell.Select(c => c == '\n' ? c : ' ').ToArray();
        foreach (var segment in segments.OfType<CSharpSegment>()) segment.Text.CopyTo(code.AsSpan(segment.Offset));
        return new string(code);
    }

    private static string? DirectiveBefore(string cell, int position)
    {
        var match = UnfinishedDirective().Match(cell[..position]);
        return match.Success ? match.Groups[1].Value : null;
    }

    [GeneratedRegex(@"^[ \t]*(#!\w*)\z", RegexOptions.Multiline)]
    private static partial Regex UnfinishedDirective();
}
