using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using UniVG.Finetuning.Adapters;

namespace UniVG.Finetuning.Training;

/// <summary>The JSON form of what describes a run; numbers read back as exactly what they were.</summary>
public static class RunJson
{
    /// <summary>One object a line.</summary>
    public static JsonSerializerOptions Compact { get; } = Create(indented: false);

    /// <summary>For people.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    private static JsonSerializerOptions Create(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        IgnoreReadOnlyProperties = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = indented,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower), new AdapterConfigConverter() },
    };

    // Which record it is follows from its kind.
    private sealed class AdapterConfigConverter : JsonConverter<AdapterConfig>
    {
        private const string Kind = "kind";

        public override AdapterConfig Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var json = JsonNode.Parse(ref reader)!.AsObject();
            var kind = (string?)json[Kind] ?? throw new JsonException("an adapter without kind");
            json.Remove(Kind);
            return (AdapterConfig)json.Deserialize(KnownAdapters.Of(kind).Defaults().GetType(), options)!;
        }

        public override void Write(Utf8JsonWriter writer, AdapterConfig value, JsonSerializerOptions options)
        {
            var json = JsonSerializer.SerializeToNode(value, value.GetType(), options)!.AsObject();
            json.Insert(0, Kind, value.Kind);
            json.WriteTo(writer, options);
        }
    }
}
