using System.Text.Json;
using UniVG.Diffusion.Tests.Checkpoints;
using UniVG.Diffusion.Text;

namespace UniVG.Diffusion.Tests.Text;

/// <summary>Where a vocabulary is looked for; the caches are folders of the test.</summary>
public sealed class TokenizerVocabularyTests : IDisposable
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/x.gz");
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string?> _environment = new[] { "HF_HOME", "XDG_CACHE_HOME" }
        .ToDictionary(name => name, Environment.GetEnvironmentVariable);

    public TokenizerVocabularyTests()
    {
        foreach (var name in _environment.Keys) Environment.SetEnvironmentVariable(name, _folder[name]);
    }

    public void Dispose()
    {
        foreach (var (name, value) in _environment) Environment.SetEnvironmentVariable(name, value);
        _folder.Dispose();
    }

    [Fact]
    public void The_nearest_vocabulary_wins()
    {
        var given = Write("given");
        var model = Write("model");
        Write(Path.Combine("HF_HOME", "hub", "models--openai--clip-vit-large-patch14", "snapshots", "0123"));

        Assert.Contains("given", TokenizerVocabulary.Find(given, model, Nowhere).Ids.Keys);
        Assert.Contains("model", TokenizerVocabulary.Find(null, model, Nowhere).Ids.Keys);
        Assert.Contains("0123", TokenizerVocabulary.Find(null, null, Nowhere).Ids.Keys);
    }

    [Fact]
    public void A_pipeline_in_the_Hugging_Face_cache_lends_its_tokenizer()
    {
        Write(Path.Combine("HF_HOME", "hub", "models--someone--stable-diffusion-v1-5", "snapshots", "4567", "tokenizer"));

        Assert.Contains("tokenizer", TokenizerVocabulary.Find(null, null, Nowhere).Ids.Keys);
    }

    [Fact]
    public void The_file_downloaded_before_needs_no_connection()
    {
        var cache = Directory.CreateDirectory(_folder[Path.Combine("XDG_CACHE_HOME", "univg")]).FullName;
        File.Copy(ClipFiles.Vocabulary(), Path.Combine(cache, ClipVocabularyDownload.FileName));

        Assert.Equal(49408, TokenizerVocabulary.Find(null, null, Nowhere).Ids.Count);
    }

    [Fact]
    public void Without_any_vocabulary_the_message_says_what_to_do() => Assert.Contains(
        "--tokenizer", Assert.Throws<UniVGException>(() => TokenizerVocabulary.Find(null, null, Nowhere)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_vocabulary_that_was_asked_for_is_never_replaced_by_another() => Assert.Contains(
        "does not exist", Assert.Throws<UniVGException>(() => TokenizerVocabulary.Find(_folder["absent"], Write("model"), Nowhere)).Message, StringComparison.Ordinal);

    // A vocabulary that is known by one of its tokens.
    private string Write(string folder)
    {
        var path = Directory.CreateDirectory(_folder[folder]).FullName;
        var ids = new Dictionary<string, int> { [ClipVocabulary.StartOfText] = 0, [ClipVocabulary.EndOfText] = 1, [Path.GetFileName(path)] = 2 };
        File.WriteAllText(Path.Combine(path, "vocab.json"), JsonSerializer.Serialize(ids));
        File.WriteAllText(Path.Combine(path, "merges.txt"), "#version: 0.2\n");
        return path;
    }
}
