using System.Security.Cryptography;

namespace UniVG.Diffusion.Text;

/// <summary>Fetches openai/CLIP's vocabulary, which is no part of a single-file checkpoint, and refuses anything but the very file.</summary>
public static class ClipVocabularyDownload
{
    /// <summary>The name of the file in the repository, and in UniVG's cache.</summary>
    public const string FileName = "bpe_simple_vocab_16e6.txt.gz";

    private const int Length = 1_356_917;
    private const string Sha256 = "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Where openai publishes it.</summary>
    public static Uri Source { get; } = new($"https://raw.githubusercontent.com/openai/CLIP/main/clip/{FileName}");

    /// <summary>Downloads the file, checks its length and SHA-256, and only then puts it to <paramref name="path"/>.</summary>
    /// <param name="path">Where to keep it; its folder is created.</param>
    /// <param name="source">Where to get it; null means <see cref="Source"/>.</param>
    /// <exception cref="UniVGException">There is no connection, or what came is another file; the message says what to do instead.</exception>
    public static void Fetch(string path, Uri? source = null)
    {
        source ??= Source;
        byte[] bytes;
        try
        {
            using var client = new HttpClient { Timeout = Patience, MaxResponseContentBufferSize = 2 * Length };
            using var request = new HttpRequestMessage(HttpMethod.Get, source);
            using var response = client.Send(request, HttpCompletionOption.ResponseContentRead);
            response.EnsureSuccessStatusCode();
            using var content = new MemoryStream(Length);
            response.Content.ReadAsStream().CopyTo(content);
            bytes = content.ToArray();
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or IOException)
        {
            throw new UniVGException(
                $"The model has no tokenizer of its own, and CLIP's vocabulary cannot be fetched from {source} ({e.Message.TrimEnd('.')}); " +
                $"copy {FileName} of the openai/CLIP repository to '{path}', " +
                "or pass --tokenizer with a folder that holds vocab.json and merges.txt.", e);
        }

        if (bytes.Length != Length || Convert.ToHexStringLower(SHA256.HashData(bytes)) != Sha256)
        {
            throw new UniVGException(
                $"{source} sent another file than CLIP's vocabulary ({bytes.Length} bytes, another SHA-256), which is not used; " +
                $"copy {FileName} of the openai/CLIP repository to '{path}'.");
        }

        AtomicFile.Write(path, stream => stream.Write(bytes));
    }
}
