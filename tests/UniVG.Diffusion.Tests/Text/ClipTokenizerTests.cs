using System.Text.Json;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Tests.Checkpoints;
using UniVG.Diffusion.Text;
using UniVG.TestSupport;

namespace UniVG.Diffusion.Tests.Text;

public class ClipTokenizerTests
{
    private static readonly Lazy<ClipTokenizer> OpenAI = new(() => new ClipTokenizer(ClipVocabulary.FromOpenAI(ClipFiles.Vocabulary())));

    [Fact]
    public void Ids_are_those_of_transformers_on_every_golden_prompt()
    {
        ClipFiles.Vocabulary();
        var prompts = JsonDocument.Parse(File.ReadAllText(Goldens.Path("clip_tokenizer.json"))).RootElement.GetProperty("prompts");

        // More than the strict ones: without text repair (ftfy), all rows are the slow tokenizer's.
        Assert.Equal(248, prompts.GetArrayLength());
        Assert.All(prompts.EnumerateArray(), prompt =>
        {
            var text = prompt.GetProperty("text").GetString()!;
            Assert.Equal(Ids(prompt.GetProperty("ids")), OpenAI.Value.Tokenize(text));
            if (prompt.TryGetProperty("kohya_77", out var row)) Assert.Equal(Ids(row), OpenAI.Value.Encode(text));
            if (prompt.TryGetProperty("kohya_3x77", out var rows)) Assert.Equal(rows.EnumerateArray().Select(Ids), OpenAI.Value.EncodeChunks(text, 3));
        });
    }

    [Fact]
    public void Special_tokens_in_a_prompt_stay_whole()
    {
        ClipFiles.Vocabulary();
        Assert.Equal([320, 49407, 2368], OpenAI.Value.Tokenize("a<|EndOfText|>cat"));
    }

    [Fact]
    public void Letters_beyond_the_basic_plane_are_letters()
    {
        ClipFiles.Vocabulary();
        var joined = OpenAI.Value.Tokenize("a𝐀"); // MATHEMATICAL BOLD CAPITAL A
        Assert.NotEqual(OpenAI.Value.Tokenize("a 𝐀"), joined);
    }

    [Fact]
    public void A_small_vocabulary_works_with_its_special_tokens_anywhere()
    {
        var tokenizer = new ClipTokenizer(Small(), maxLength: 8);

        Assert.Equal([0, 3 + 'a' - '!', 1, 1, 1, 1, 1, 1], tokenizer.Encode("A").Select((id, i) => i == 1 ? id - 256 : id));
        Assert.Equal([2L], tokenizer.Tokenize("ab"));
    }

    [Fact]
    public void No_text_crashes_the_tokenizer()
    {
        var tokenizer = new ClipTokenizer(Small());
        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(200)).Select(_ => (char)random.Next(0x10000))]); // lone surrogates included
            Assert.All(tokenizer.Encode(text), id => Assert.InRange(id, 0, 3 + 512));
        }

        Assert.All(tokenizer.Tokenize("\ud800"), id => Assert.InRange(id, 3, 3 + 512));
    }

    [Fact]
    public void The_folder_form_gives_the_same_ids_as_the_OpenAI_file()
    {
        var vocabulary = ClipVocabulary.FromOpenAI(ClipFiles.Vocabulary());
        using var folder = new TemporaryFolder();
        var (json, merges) = vocabulary.ToTexts();
        File.WriteAllText(folder["vocab.json"], json);
        File.WriteAllText(folder["merges.txt"], merges);

        var tokenizer = new ClipTokenizer(ClipVocabulary.FromFolder(folder.FullName));

        const string Prompt = "a fundus photograph, 2 arterio-venous crossings; it's #1!";
        Assert.Equal(OpenAI.Value.Encode(Prompt), tokenizer.Encode(Prompt));
    }

    [Theory]
    [InlineData("""{ "a": 0 }""", "", "lacks '<|startoftext|>'")]
    [InlineData("""{ "a": "x" }""", "", "not a JSON object of token ids")]
    [InlineData("[1]", "", "not a JSON object of token ids")]
    [InlineData("""{ "<|startoftext|>": 0, "<|endoftext|>": 1 }""", "no such\n", "merges do not fit")]
    public void A_vocabulary_that_is_none_is_refused(string json, string merges, string reason)
    {
        var fault = Assert.Throws<CheckpointException>(() => new ClipTokenizer(ClipVocabulary.FromTexts(json, merges, "tokenizer")));
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_or_file_that_is_absent_is_named()
    {
        Assert.Contains("vocab.json", Assert.Throws<CheckpointException>(() => ClipVocabulary.FromFolder("absent")).Message, StringComparison.Ordinal);
        Assert.Contains("absent.gz", Assert.Throws<CheckpointException>(() => ClipVocabulary.FromOpenAI("absent.gz")).Message, StringComparison.Ordinal);
    }

    // Start and end of text first, one merge, then the 256 bytes twice.
    private static ClipVocabulary Small()
    {
        var bytes = Enumerable.Range('!', 94).Concat(Enumerable.Range(0xa1, 12)).Concat(Enumerable.Range(0xae, 82)).Concat(Enumerable.Range(256, 68))
            .Select(c => ((char)c).ToString()).ToList();
        string[] tokens = ["<|startoftext|>", "<|endoftext|>", "ab</w>", .. bytes, .. bytes.Select(b => b + "</w>")];
        return new ClipVocabulary(tokens.Select((t, i) => (t, i)).ToDictionary(t => t.t, t => t.i), ["a b</w>"]);
    }

    private static long[] Ids(JsonElement array) => [.. array.EnumerateArray().Select(id => id.GetInt64())];
}
