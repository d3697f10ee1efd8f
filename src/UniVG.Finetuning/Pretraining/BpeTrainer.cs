using System.Text;
using UniVG.Diffusion.Text;

namespace UniVG.Finetuning.Pretraining;

/// <summary>
/// Learns a byte-pair encoding (Sennrich et al. 2016) in the form of CLIP's: byte symbols, an end-of-word mark <c>&lt;/w&gt;</c>,
/// two special tokens at the end.
/// </summary>
public static class BpeTrainer
{
    /// <summary>Learns merges until every word is one token or the vocabulary is full.</summary>
    /// <param name="corpus">Lower-case texts; words are split at white space and punctuation.</param>
    /// <param name="vocabularySize">The largest number of tokens, at least 514 (bytes twice, two special tokens).</param>
    public static ClipVocabulary Train(IEnumerable<string> corpus, int vocabularySize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabularySize, 514);
        var words = CountWords(corpus);
        var merges = new List<(string, string)>();
        while (merges.Count < vocabularySize - 514 && MostFrequentPair(words) is { } pair)
        {
            merges.Add(pair);
            foreach (var (symbols, _) in words) Merge(symbols, pair);
        }

        var alphabet = ByteAlphabet();
        string[] tokens =
        [
            .. alphabet,
            .. alphabet.Select(symbol => symbol + "</w>"),
            .. merges.Select(m => m.Item1 + m.Item2),
            ClipVocabulary.StartOfText,
            ClipVocabulary.EndOfText,
        ];
        return new ClipVocabulary(
            tokens.Distinct().Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id),
            [.. merges.Select(m => $"{m.Item1} {m.Item2}")]);
    }

    /// <summary>GPT-2's printable stand-ins for the 256 bytes, in CLIP's order: printable Latin-1 first, the rest from U+0100 on.</summary>
    private static IReadOnlyList<string> ByteAlphabet()
    {
        var printable = Enumerable.Range('!', '~' - '!' + 1).Concat(Enumerable.Range('¡', '¬' - '¡' + 1)).Concat(Enumerable.Range('®', 'ÿ' - '®' + 1));
        return [.. printable.Concat(Enumerable.Range(256, 256 - printable.Count())).Select(c => ((char)c).ToString())];
    }

    private static List<(List<string> Symbols, int Count)> CountWords(IEnumerable<string> corpus)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var text in corpus)
            foreach (var word in text.Split([' ', ',', '.', '\n'], StringSplitOptions.RemoveEmptyEntries))
                counts[word] = counts.GetValueOrDefault(word) + 1;
        return [.. counts.Select(entry => (Symbols(entry.Key), entry.Value))];
    }

    private static List<string> Symbols(string word)
    {
        if (!Ascii.IsValid(word)) throw new ArgumentException($"The corpus word '{word}' is not ASCII.", nameof(word));
        List<string> symbols = [.. word.Select(c => c.ToString())];
        symbols[^1] += "</w>";
        return symbols;
    }

    // Ties go to the pair that sorts first, so that a corpus always gives the same merges.
    private static (string, string)? MostFrequentPair(List<(List<string> Symbols, int Count)> words)
    {
        var counts = new Dictionary<(string, string), int>();
        foreach (var (symbols, count) in words)
            foreach (var pair in symbols.Zip(symbols.Skip(1)))
                counts[pair] = counts.GetValueOrDefault(pair) + count;
        return counts.Count == 0
            ? null
            : counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key.Item1 + " " + c.Key.Item2, StringComparer.Ordinal).First().Key;
    }

    private static void Merge(List<string> symbols, (string Left, string Right) pair)
    {
        for (var i = 0; i + 1 < symbols.Count; i++)
        {
            if (symbols[i] != pair.Left || symbols[i + 1] != pair.Right) continue;
            symbols[i] += symbols[i + 1];
            symbols.RemoveAt(i + 1);
        }
    }
}
