using System.Text;
using Microsoft.ML.Tokenizers;

namespace UniVG.Diffusion.Text;

/// <summary>
/// Cuts lower-case text into the words that CLIP's byte-pair encoding works on: special tokens, English contractions, runs of
/// letters, single digits, runs of anything else. Facts: openai/CLIP, <c>clip/simple_tokenizer.py</c>.
/// </summary>
/// <remarks>Not a .NET regular expression: those see UTF-16 units, so letters beyond the basic plane would not be letters.</remarks>
/// <param name="specialTokens">Tokens that are never cut.</param>
internal sealed class ClipPreTokenizer(IReadOnlyList<string> specialTokens) : PreTokenizer
{
    private static readonly string[] Contractions = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    private enum RuneKind
    {
        Space,
        Letter,
        Digit,
        Other,
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text)
    {
        var words = new List<(int, int)>();
        for (var at = 0; at < text.Length;)
        {
            var (kind, length) = Next(text[at..]);
            if (kind != RuneKind.Space) words.Add((at, length));
            at += length;
        }

        return words;
    }

    public override IEnumerable<(int Offset, int Length)> PreTokenize(string text) => PreTokenize(text.AsSpan());

    private (RuneKind Kind, int Length) Next(ReadOnlySpan<char> text)
    {
        var special = StartsWithAny(text, specialTokens);
        if (special > 0) return (RuneKind.Other, special);
        var contraction = StartsWithAny(text, Contractions);
        if (contraction > 0) return (RuneKind.Letter, contraction);

        var kind = KindAt(text, out var length);
        if (kind == RuneKind.Digit) return (kind, length);
        while (length < text.Length && KindAt(text[length..], out var more) == kind && StartsWithAny(text[length..], specialTokens) == 0)
        {
            length += more;
        }

        return (kind, length);
    }

    private static RuneKind KindAt(ReadOnlySpan<char> text, out int length)
    {
        // A lone surrogate decodes to U+FFFD, which is "other".
        Rune.DecodeFromUtf16(text, out var rune, out length);
        if (Rune.IsWhiteSpace(rune)) return RuneKind.Space;
        if (Rune.IsLetter(rune)) return RuneKind.Letter;
        return Rune.IsNumber(rune) ? RuneKind.Digit : RuneKind.Other;
    }

    private static int StartsWithAny(ReadOnlySpan<char> text, IReadOnlyList<string> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (text.StartsWith(candidate, StringComparison.Ordinal)) return candidate.Length;
        }

        return 0;
    }
}
