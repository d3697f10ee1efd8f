using System.Text.RegularExpressions;
using Microsoft.ML.Tokenizers;
using UniVG.Diffusion.Checkpoints;

namespace UniVG.Diffusion.Text;

/// <summary>
/// CLIP's tokenizer as Stable Diffusion 1.x uses it: lower-case byte-pair encoding, padded with the end of text. Gives the ids of
/// transformers' CLIPTokenizer, except that text is not repaired (ftfy) first.
/// </summary>
public sealed partial class ClipTokenizer : ITokenizer
{
    private readonly BpeTokenizer _bpe;
    private readonly long _startOfText;
    private readonly long _endOfText;

    /// <summary>Prepares the tokenizer of a vocabulary.</summary>
    /// <param name="vocabulary">The vocabulary, of any size.</param>
    /// <param name="maxLength">The number of ids that the text encoder takes at once.</param>
    /// <exception cref="CheckpointException">The vocabulary lacks a special token, or its merges make tokens that it lacks.</exception>
    public ClipTokenizer(ClipVocabulary vocabulary, int maxLength = 77)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 3);
        MaxLength = maxLength;
        _startOfText = SpecialToken(vocabulary, ClipVocabulary.StartOfText);
        _endOfText = SpecialToken(vocabulary, ClipVocabulary.EndOfText);
        _bpe = CreateBpe(vocabulary);
    }

    /// <inheritdoc/>
    public int MaxLength { get; }

    /// <inheritdoc/>
    public long[] Encode(string text) => Frame(Tokenize(text).AsSpan());

    /// <summary>
    /// Encodes a long prompt in <paramref name="chunks"/> rows, each framed as by <see cref="Encode"/>: 1, 2 or 3 rows carry 75, 150
    /// or 225 tokens (kohya's <c>max_token_length</c>). Rows beyond the prompt are empty prompts; tokens beyond the rows are cut.
    /// </summary>
    public long[][] EncodeChunks(string text, int chunks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunks, 1);
        var tokens = Tokenize(text);
        var room = MaxLength - 2;
        return [.. Enumerable.Range(0, chunks).Select(i => Frame(tokens.AsSpan(Math.Min(tokens.Length, i * room))))];
    }

    /// <inheritdoc/>
    public long[] Tokenize(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. _bpe.EncodeToIds(ToLower(text)).Select(id => (long)id)];
    }

    private static long SpecialToken(ClipVocabulary vocabulary, string token) => vocabulary.Ids.TryGetValue(token, out var id)
        ? id
        : throw new CheckpointException($"The tokenizer's vocabulary lacks '{token}'; use the vocabulary of a CLIP text encoder.", key: token);

    private static BpeTokenizer CreateBpe(ClipVocabulary vocabulary)
    {
        string[] special = [ClipVocabulary.StartOfText, ClipVocabulary.EndOfText];
        try
        {
            return BpeTokenizer.Create(new BpeOptions(vocabulary.Ids)
            {
                Merges = vocabulary.Merges,
                PreTokenizer = new ClipPreTokenizer(special),
                SpecialTokens = special.ToDictionary(token => token, token => vocabulary.Ids[token]),
                UnknownToken = ClipVocabulary.EndOfText, // as in transformers; a vocabulary with all 256 bytes never needs it
                EndOfWordSuffix = "</w>",
                ByteLevel = true,
            });
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException)
        {
            throw new CheckpointException($"The tokenizer's merges do not fit its vocabulary ({e.Message.TrimEnd('.')}).", innerException: e);
        }
    }

    // Full Unicode lower case, which the reference uses, differs from .NET's in two letters: İ gains a combining dot, Σ ends words as ς.
    private static string ToLower(string text) =>
        FinalSigma().Replace(text, "ς").Replace("İ", "i\u0307", StringComparison.Ordinal).ToLowerInvariant();

    [GeneratedRegex(@"(?<=\p{L}\p{M}*)Σ(?!\p{M}*\p{L})")]
    private static partial Regex FinalSigma();

    private long[] Frame(ReadOnlySpan<long> tokens)
    {
        var ids = new long[MaxLength];
        Array.Fill(ids, _endOfText);
        ids[0] = _startOfText;
        tokens[..Math.Min(tokens.Length, MaxLength - 2)].CopyTo(ids.AsSpan(1));
        return ids;
    }
}
