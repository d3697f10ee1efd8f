using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace UniVG.Kernel.Scripting;

/// <summary>A cell that does not compile.</summary>
internal sealed class CellCompilationException : Exception
{
    public CellCompilationException(IReadOnlyList<Diagnostic> errors)
        : base(string.Join('\n', errors.Select(Sentence))) => Excerpts = [.. errors.SelectMany(Excerpt)];

    /// <summary>Each error, followed by the line it is on and a mark below the place.</summary>
    public IReadOnlyList<string> Excerpts { get; }

    private static string Sentence(Diagnostic error)
    {
        var start = error.Location.GetLineSpan().StartLinePosition;
        return $"line {start.Line + 1}, column {start.Character + 1}: {error.Id}: {error.GetMessage()}";
    }

    private static IEnumerable<string> Excerpt(Diagnostic error)
    {
        yield return Sentence(error);
        if (error.Location.SourceTree?.GetText() is not { } source) yield break;

        var span = error.Location.SourceSpan;
        var line = source.Lines.GetLineFromPosition(span.Start);
        yield return $"    {line}";
        yield return $"    {new string(' ', span.Start - line.Start)}{new string('^', MarkLength(span, line))}";
    }

    private static int MarkLength(TextSpan span, TextLine line) => Math.Max(1, Math.Min(span.End, line.End) - span.Start);
}
