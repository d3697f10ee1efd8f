using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Execution;

/// <summary>MIME bundles as JSON, as the Jupyter protocol and nbformat want them.</summary>
internal static class MimeJson
{
    /// <summary>Leaves HTML and text readable: <c>&lt;</c> needs no escape in JSON that no web page embeds.</summary>
    public static JsonSerializerOptions Relaxed { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The <c>data</c> object: text as string, binary as base64, JSON types as JSON.</summary>
    public static JsonObject DataOf(MimeBundle bundle)
    {
        var data = new JsonObject();
        foreach (var (mimeType, content) in bundle.Data)
        {
            data[mimeType] = content switch
            {
                JsonNode json => json.DeepClone(),
                byte[] binary => Convert.ToBase64String(binary),
                _ => (string)content,
            };
        }

        return data;
    }
}
