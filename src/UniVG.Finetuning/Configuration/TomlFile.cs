using System.Text;
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;
using Tomlyn.Serialization;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Configuration;

/// <summary>Reads TOML so that every mistake can be named with its file, line and key.</summary>
public static class TomlFile
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file in UTF-8, with or without a byte order mark.</summary>
    /// <exception cref="UniVGException">It is missing, cannot be read, or is no TOML.</exception>
    public static TomlSection Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Parse(File.ReadAllText(path, StrictUtf8), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UniVGException($"There is no file '{path}'; check the path.", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new UniVGException($"'{path}' is not UTF-8 text; save it as UTF-8.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Parses TOML.</summary>
    /// <param name="text">The TOML.</param>
    /// <param name="source">What error messages call it: a path, or such as "the cell".</param>
    /// <returns>The top level of it.</returns>
    /// <exception cref="UniVGException">It is no TOML; the message names the line.</exception>
    public static TomlSection Parse(string text, string source)
    {
        ArgumentNullException.ThrowIfNull(text);

        // Copied out of a file, its mark comes along.
        text = text.Replace("\uFEFF", "", StringComparison.Ordinal);

        // The table model keeps the last of two equal keys; only the syntax tree's validation finds them.
        var document = SyntaxParser.Parse(text, source, validate: true);
        foreach (var error in document.Diagnostics)
            throw new UniVGException($"'{source}', line {error.Span.Start.Line + 1}, is not valid TOML: {error.Message.TrimEnd('.')}.");

        var places = new TomlMetadataStore();
        try
        {
            var table = TomlSerializer.Deserialize<TomlTable>(text, new TomlSerializerOptions { MetadataStore = places });
            return new TomlSection(table ?? [], places, source, "");
        }
        catch (TomlException e)
        {
            throw new UniVGException($"'{source}' is not valid TOML: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
