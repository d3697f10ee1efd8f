using System.Text;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Data.Captions;

/// <summary>Finds and reads the caption file of a picture.</summary>
internal static class CaptionFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>
    /// The file beside the picture: its name with the caption extension or, when the path has five or more parts between
    /// underscores, without the last four (names that face-cropping tools give). Null when there is none.
    /// </summary>
    public static string? Find(string imagePath, string extension)
    {
        var suffix = extension.StartsWith('.') ? extension : '.' + extension;
        var stem = Path.ChangeExtension(imagePath, null);
        if (File.Exists(stem + suffix)) return stem + suffix;

        var parts = stem.Split('_');
        var shortened = parts.Length >= 5 ? string.Join('_', parts[..^4]) + suffix : null;
        return File.Exists(shortened) ? shortened : null;
    }

    /// <summary>Reads a caption: the first line, or with wildcards all lines that are not blank.</summary>
    /// <exception cref="UniVGException">The file has no text or is not UTF-8; the message is only a reason.</exception>
    public static string Read(string path, bool allLines)
    {
        var name = Path.GetFileName(path);
        string[] lines;
        try
        {
            lines = [.. File.ReadAllLines(path, StrictUtf8).Select(l => l.Trim()).Where(l => l.Length > 0)];
        }
        catch (DecoderFallbackException e)
        {
            throw new UniVGException($"its caption file {name} is not UTF-8 text; save it as UTF-8", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"its caption file {name} cannot be read: {e.Message}", e);
        }

        if (lines.Length == 0) throw new UniVGException($"its caption file {name} is empty; write a caption or delete the file");
        return allLines ? string.Join('\n', lines) : lines[0];
    }
}
