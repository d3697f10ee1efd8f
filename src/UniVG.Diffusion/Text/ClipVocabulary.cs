using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using UniVG.Diffusion.Checkpoints;

namespace UniVG.Diffusion.Text;

/// <summary>The tokens of a CLIP text encoder and the merges that make them.</summary>
/// <param name="Ids">Token → id. Tokens are in GPT-2's byte alphabet; <c>&lt;/w&gt;</c> marks the end of a word.</param>
/// <param name="Merges">Pairs, each as <c>left right</c>, the most frequent first.</param>
public sealed record ClipVocabulary(IReadOnlyDictionary<string, int> Ids, IReadOnlyList<string> Merges)
{
    /// <summary>The token before every prompt.</summary>
    public const string StartOfText = "<|startoftext|>";

    /// <summary>The token after every prompt, and the padding of SD 1.x.</summary>
    public const string EndOfText = "<|endoftext|>";

    private const int OpenAIMergeCount = 49152 - 256 - 2;

    /// <summary>Reads <c>vocab.json</c> and <c>merges.txt</c> of a <c>tokenizer</c> folder.</summary>
    /// <exception cref="CheckpointException">A file is missing or no vocabulary.</exception>
    public static ClipVocabulary FromFolder(string folder)
    {
        ArgumentNullException.ThrowIfNull(folder);
        return FromTexts(ReadText(Path.Combine(folder, "vocab.json")), ReadText(Path.Combine(folder, "merges.txt")), folder);
    }

    /// <summary>Takes the texts of <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <param name="vocabularyJson">A JSON object from token to id.</param>
    /// <param name="merges">A pair a line; a first line <c>#version…</c> is skipped.</param>
    /// <param name="source">Where they are from, for messages.</param>
    /// <exception cref="CheckpointException">They are no vocabulary.</exception>
    public static ClipVocabulary FromTexts(string vocabularyJson, string merges, string source = "(in memory)")
    {
        ArgumentNullException.ThrowIfNull(vocabularyJson);
        ArgumentNullException.ThrowIfNull(merges);
        try
        {
            var ids = JsonSerializer.Deserialize<Dictionary<string, int>>(vocabularyJson) ?? [];
            var pairs = merges.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0);
            return new ClipVocabulary(ids, [.. pairs.Where((line, i) => i > 0 || !line.StartsWith("#version", StringComparison.Ordinal))]);
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"The vocabulary of '{source}' is not a JSON object of token ids: {e.Message}", source, innerException: e);
        }
    }

    /// <summary>Reads openai/CLIP's <c>bpe_simple_vocab_16e6.txt.gz</c>: 49,408 tokens.</summary>
    /// <exception cref="CheckpointException">It is missing or not that file.</exception>
    public static ClipVocabulary FromOpenAI(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
            reader.ReadLine(); // a title
            var merges = new List<string>(OpenAIMergeCount);
            while (merges.Count < OpenAIMergeCount && reader.ReadLine() is { } line) merges.Add(line);
            if (merges.Count < OpenAIMergeCount) throw new InvalidDataException($"it has {merges.Count} merges instead of {OpenAIMergeCount}");
            return new ClipVocabulary(NumberTokens(merges), merges);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new CheckpointException($"'{path}' is not CLIP's vocabulary: {e.Message.TrimEnd('.')}.", path, innerException: e);
        }
    }

    /// <summary>The texts of <c>vocab.json</c> and <c>merges.txt</c>, as transformers writes them.</summary>
    public (string VocabularyJson, string Merges) ToTexts() =>
        (JsonSerializer.Serialize(Ids), string.Concat(Merges.Prepend("#version: 0.2").Select(line => line + "\n")));

    // CLIP numbers the bytes, the bytes at the end of a word, the merges, then its two special tokens.
    private static Dictionary<string, int> NumberTokens(List<string> merges)
    {
        var alphabet = ByteAlphabet();
        IEnumerable<string> tokens =
        [
            .. alphabet,
            .. alphabet.Select(symbol => $"{symbol}</w>"),
            .. merges.Select(pair => pair.Replace(" ", "", StringComparison.Ordinal)),
            StartOfText,
            EndOfText,
        ];
        return tokens.Select((token, id) => (token, id)).ToDictionary(t => t.token, t => t.id);
    }

    // GPT-2's stand-ins: printable Latin-1 stands for itself, the other bytes are moved to U+0100 and beyond.
    private static List<string> ByteAlphabet()
    {
        var printable = Enumerable.Range(0, 256).Where(b => b is >= '!' and <= '~' or >= '¡' and <= '¬' or >= '®').ToList();
        var moved = Enumerable.Range(256, 256 - printable.Count);
        return [.. printable.Concat(moved).Select(c => ((char)c).ToString(CultureInfo.InvariantCulture))];
    }

    private static string ReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CheckpointException($"'{path}' cannot be read: {e.Message.TrimEnd('.')}.", path, innerException: e);
        }
    }
}
