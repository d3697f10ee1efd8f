using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using UniVG.Diffusion;
using UniVG.Kernel.Headless.Html;

namespace UniVG.Kernel.Headless;

/// <summary>Reads and writes notebook files.</summary>
internal static class NotebookFile
{
    // One space is what Jupyter indents with: an executed notebook differs from its source only where something changed.
    private static readonly JsonWriterOptions Style = new() { Indented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Reads a notebook: nbformat 4, or .NET Interactive's .dib.</summary>
    /// <exception cref="UniVGException">The file is missing, is not JSON, or is not nbformat 4.</exception>
    public static Notebook Read(string path) => new(Check(path, Parse(path)), path);

    /// <summary>Finds out whether a file can be written there, before hours of work end in an error.</summary>
    /// <exception cref="UniVGException">It cannot.</exception>
    public static void EnsureWritable(string path) => Guard(path, () => AtomicFile.TryOut(path));

    /// <summary>Writes a notebook, as a web page where the file's ending is .html; a reader never sees half of it.</summary>
    /// <exception cref="UniVGException">The file cannot be written.</exception>
    public static void Write(string path, Notebook notebook) => Guard(path, () => AtomicFile.Replace(path, stream =>
    {
        if (IsPage(path)) stream.Write(Encoding.UTF8.GetBytes(HtmlPage.Create(notebook)));
        else WriteJson(stream, notebook);
    }));

    /// <summary>Whether a file is to be a web page.</summary>
    public static bool IsPage(string path) => Path.GetExtension(path).Equals(".html", StringComparison.OrdinalIgnoreCase);

    private static void WriteJson(Stream stream, Notebook notebook)
    {
        using (var writer = new Utf8JsonWriter(stream, Style)) notebook.ToJson().WriteTo(writer);
        stream.WriteByte((byte)'\n');
    }

    private static void Guard(string path, Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The executed notebook cannot be written to '{path}': {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static JsonObject Parse(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            if (Path.GetExtension(path).Equals(".dib", StringComparison.OrdinalIgnoreCase)) return DibFile.Read(text);
            return JsonNode.Parse(text) as JsonObject
                ?? throw new UniVGException($"'{path}' is not a notebook: its JSON is not an object.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UniVGException($"There is no notebook '{path}'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The notebook '{path}' cannot be read: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new UniVGException($"'{path}' is not a notebook: it is not valid JSON (line {e.LineNumber + 1}).", e);
        }
    }

    private static JsonObject Check(string path, JsonObject json)
    {
        if (json["nbformat"] is not JsonValue format || !format.TryGetValue(out int version))
        {
            throw new UniVGException($"'{path}' is JSON, but not a notebook: it has no nbformat number.");
        }

        if (version != 4)
        {
            throw new UniVGException($"'{path}' is nbformat {version}, and 4 is needed; open it in Jupyter and save it again.");
        }

        return json["cells"] is JsonArray cells && cells.All(c => c is JsonObject)
            ? json
            : throw new UniVGException($"'{path}' is not a notebook: it has no list of cells.");
    }
}
