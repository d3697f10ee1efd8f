using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace UniVG.Kernel.Language;

/// <summary>Tells what in C# code is text: strings and comments over several lines, in which <c>#!</c> begins no directive.</summary>
internal static class CSharpText
{
    private const int RawQuotes = 3;

    /// <summary>Whether a string or comment that is closed behind <paramref name="position"/> has begun before it.</summary>
    public static bool Covers(string code, int position)
    {
        foreach (var token in SyntaxFactory.ParseTokens(code, options: CellLanguage.ScriptSyntax))
        {
            if (token.FullSpan.End <= position) continue;
            return Inside(token.Span.Start, token.Span.End, position)
                ? IsString(token) && IsClosed(token)
                : token.LeadingTrivia.Concat(token.TrailingTrivia).Any(trivia => Inside(trivia.Span.Start, trivia.Span.End, position) && IsComment(trivia));
        }

        return false;
    }

    private static bool Inside(int start, int end, int position) => start < position && position < end;

    /// <summary>Whether a token is a string that may be several lines long.</summary>
    public static bool IsString(SyntaxToken token) => token.Kind() is
        SyntaxKind.StringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.Utf8StringLiteralToken or
        SyntaxKind.Utf8MultiLineRawStringLiteralToken or SyntaxKind.InterpolatedStringToken;

    // The lexer reports unclosed strings, but not raw ones: those end with as many quotes as they begin with.
    private static bool IsClosed(SyntaxToken token)
    {
        var text = token.Text.AsSpan().TrimStart('$');
        var quotes = text.Length - text.TrimStart('"').Length;
        return !token.ContainsDiagnostics && (quotes < RawQuotes || text.TrimEnd("u8").EndsWith(new string('"', quotes)));
    }

    private static bool IsComment(SyntaxTrivia trivia) =>
        trivia.Kind() is SyntaxKind.MultiLineCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia && trivia.ToString().EndsWith("*/", StringComparison.Ordinal);
}
