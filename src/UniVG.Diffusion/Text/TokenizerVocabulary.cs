using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Text;

/// <summary>Finds the vocabulary of a model's tokenizer: CLIP's is not part of single-file checkpoints, nor of this program.</summary>
public static class TokenizerVocabulary
{
    /// <summary>
    /// Reads the first vocabulary there is: the given path, the model's own folder, the user's Hugging Face cache, UniVG's cache,
    /// into which it is downloaded where all else fails (<see cref="ClipVocabularyDownload"/>).
    /// </summary>
    /// <param name="path">A folder with vocab.json and merges.txt, or OpenAI's text file; null where none is given.</param>
    /// <param name="modelFolder">The model's tokenizer folder; null where it has none.</param>
    /// <param name="downloadSource">Where to download from; null means openai's repository.</param>
    /// <exception cref="UniVGException">There is none anywhere, or the one found is damaged.</exception>
    public static ClipVocabulary Find(string? path, string? modelFolder, Uri? downloadSource = null)
    {
        if (path is not null) return Read(path);
        if (modelFolder is not null) return ClipVocabulary.FromFolder(modelFolder);
        if (HuggingFaceFolders().FirstOrDefault(IsTokenizerFolder) is { } cached) return ClipVocabulary.FromFolder(cached);
        var own = Path.Combine(UniVGFolders.Cache, ClipVocabularyDownload.FileName);
        if (!File.Exists(own)) ClipVocabularyDownload.Fetch(own, downloadSource);
        return ClipVocabulary.FromOpenAI(own);
    }

    private static ClipVocabulary Read(string path)
    {
        if (Directory.Exists(path)) return ClipVocabulary.FromFolder(path);
        return File.Exists(path) ? ClipVocabulary.FromOpenAI(path) : throw new UniVGException($"The tokenizer '{path}' does not exist.");
    }

    private static bool IsTokenizerFolder(string folder) =>
        File.Exists(Path.Combine(folder, "vocab.json")) && File.Exists(Path.Combine(folder, "merges.txt"));

    // Snapshots of the CLIP text model, and of SD 1.x pipelines, which carry the same vocabulary.
    private static IEnumerable<string> HuggingFaceFolders()
    {
        var home = Environment.GetEnvironmentVariable("HF_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "huggingface");
        var hub = Path.Combine(home, "hub");
        if (!Directory.Exists(hub)) return [];
        return ((string[])["models--openai--clip-vit-large-patch14", "models--*--stable-diffusion-v1-*"])
            .SelectMany(pattern => Directory.EnumerateDirectories(hub, pattern))
            .Select(model => Path.Combine(model, "snapshots"))
            .Where(Directory.Exists)
            .SelectMany(Directory.EnumerateDirectories)
            .SelectMany(snapshot => (string[])[snapshot, Path.Combine(snapshot, "tokenizer")]);
    }
}
