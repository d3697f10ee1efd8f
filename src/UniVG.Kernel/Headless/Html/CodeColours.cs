using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using UniVG.Diffusion;
using UniVG.Kernel.Language;
using UniVG.Notebooks.Cells;

namespace UniVG.Kernel.Headless.Html;

/// <summary>The text of a code cell with its keywords, strings, numbers, comments and commands marked for the style sheet.</summary>
internal static class CodeColours
{
    private static readonly HashSet<string> Contextual = ["var", "await", "async", "record", "nint", "nuint"];

    /// <summary>The cell's HTML; a cell that does not parse is plain text.</summary>
    public static string ToHtml(string cell)
    {
        var html = new StringBuilder();
        var position = 0;
        foreach (var segment in Segments(cell).OfType<CSharpSegment>())
        {
            Append(html, cell[position..segment.Offset], "command");
            foreach (var token in SyntaxFactory.ParseTokens(segment.Text, options: CellLanguage.ScriptSyntax)) Append(html, token);
            position = segment.Offset + segment.Text.Length;
        }

        Append(html, cell[position..], "command");
        return html.ToString();
    }

    private static IReadOnlyList<CellSegment> Segments(string cell)
    {
        try
        {
            return CellLanguage.Cells.Parse(cell);
        }
        catch (UniVGException)
        {
            return [];
        }
    }

    private static void Append(StringBuilder html, SyntaxToken token)
    {
        Append(html, token.LeadingTrivia);
        Append(html, token.Text, ClassOf(token));
        Append(html, token.TrailingTrivia);
    }

    private static void Append(StringBuilder html, SyntaxTriviaList trivia)
    {
        foreach (var part in trivia)
        {
            Append(html, part.ToFullString(), part.IsDirective ? "command" : part.Kind() is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia ? null : "comment");
        }
    }

    private static string? ClassOf(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.NumericLiteralToken => "number",
        var kind when CSharpText.IsString(token) || kind is SyntaxKind.CharacterLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken => "string",
        var kind when SyntaxFacts.IsReservedKeyword(kind) || Contextual.Contains(token.Text) => "keyword",
        _ => null,
    };

    private static void Append(StringBuilder html, string text, string? kind)
    {
        if (text.Length == 0) return;
        var encoded = WebUtility.HtmlEncode(text);
        html.Append(kind is null ? encoded : $"<span class=\"{kind}\">{encoded}</span>");
    }
}
