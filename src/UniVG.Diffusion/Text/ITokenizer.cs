namespace UniVG.Diffusion.Text;

/// <summary>Turns a prompt into the token ids that a text encoder was trained on.</summary>
public interface ITokenizer
{
    /// <summary>The number of ids that <see cref="Encode"/> returns: 77 for CLIP, begin and end of text included.</summary>
    int MaxLength { get; }

    /// <summary>
    /// Encodes a prompt: begin of text, the prompt's tokens (cut where they are too many), end of text, padding up to
    /// <see cref="MaxLength"/>.
    /// </summary>
    long[] Encode(string text);

    /// <summary>
    /// Encodes a long prompt in <paramref name="chunks"/> rows, each framed as by <see cref="Encode"/>; tokens beyond the last row
    /// are cut.
    /// </summary>
    long[][] EncodeChunks(string text, int chunks);

    /// <summary>All of the prompt's tokens, without begin and end of text, however many they are.</summary>
    long[] Tokenize(string text);
}
