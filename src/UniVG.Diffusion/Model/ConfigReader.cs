using System.Text.Json;

namespace UniVG.Diffusion.Model;

/// <summary>Reads the flat JSON objects in which diffusers and transformers keep a component's configuration.</summary>
internal sealed class ConfigReader
{
    private readonly Dictionary<string, JsonElement> _values;
    private readonly string _component;

    /// <param name="json">The text of the file.</param>
    /// <param name="component">What the file describes, for messages: "UNet".</param>
    public ConfigReader(string json, string component)
    {
        ArgumentNullException.ThrowIfNull(json);
        _component = component;
        try
        {
            _values = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json) ?? [];
        }
        catch (JsonException e)
        {
            throw new UniVGException($"The {component} configuration is not a JSON object ({e.Message}); check the file.", e);
        }
    }

    public int Int(string key, int fallback) => Read(key, fallback, e => e.GetInt32());

    public double Double(string key, double fallback) => Read(key, fallback, e => e.GetDouble());

    public bool Bool(string key, bool fallback) => Read(key, fallback, e => e.GetBoolean());

    public string String(string key, string fallback) => Read(key, fallback, e => e.GetString() ?? fallback);

    public IReadOnlyList<int> Ints(string key, IReadOnlyList<int> fallback) =>
        Read(key, fallback, e => [.. e.EnumerateArray().Select(v => v.GetInt32())]);

    public IReadOnlyList<double>? Doubles(string key) =>
        Read<IReadOnlyList<double>?>(key, null, e => [.. e.EnumerateArray().Select(v => v.GetDouble())]);

    public IReadOnlyList<string> Strings(string key, IReadOnlyList<string> fallback) =>
        Read(key, fallback, e => [.. e.EnumerateArray().Select(v => v.GetString() ?? "")]);

    /// <summary>A number for all <paramref name="count"/> levels, or a list of one a level.</summary>
    public IReadOnlyList<int> IntPerLevel(string key, int count, int fallback) => Read(
        key, Repeat(fallback, count), e => e.ValueKind == JsonValueKind.Array ? Ints(key, []) : Repeat(e.GetInt32(), count));

    /// <summary>Refuses a file whose <paramref name="key"/> is given and differs from the one value that this code computes.</summary>
    public void Require<T>(string key, T supported)
    {
        if (!_values.TryGetValue(key, out var found) || found.ValueKind == JsonValueKind.Null) return;
        var expected = JsonSerializer.Serialize(supported);
        if (found.GetRawText() != expected)
        {
            throw new UniVGException(
                $"The {_component} configuration says {key} = {found.GetRawText()}, but only {expected} is supported; " +
                "use a model of the Stable Diffusion 1.x family.");
        }
    }

    private T Read<T>(string key, T fallback, Func<JsonElement, T> read)
    {
        if (!_values.TryGetValue(key, out var value) || value.ValueKind == JsonValueKind.Null) return fallback;
        try
        {
            return read(value);
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            throw new UniVGException($"The {_component} configuration has {key} = {value.GetRawText()}, which is not of the right type.", e);
        }
    }

    private static int[] Repeat(int value, int count) => [.. Enumerable.Repeat(value, count)];
}
