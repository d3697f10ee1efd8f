using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tomlyn.Model;
using UniVG.Diffusion;
using UniVG.Finetuning.Training;

namespace UniVG.Finetuning.Configuration;

/// <summary>
/// The configuration files of SD-Trainer and kohya's trainer: flat <c>key = value</c>, tables only for order. What is written is accepted
/// there as is, and read back here as the same run.
/// </summary>
public static class TrainerToml
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Title, IReadOnlyList<ConfigKey> Keys)[] Table =
    [
        ("model", ModelKeys.All),
        ("dataset", DatasetKeys.All),
        ("network", NetworkKeys.All),
        ("training", TrainingKeys.All),
        ("output", OutputKeys.All),
    ];

    /// <summary>The keys that can be followed.</summary>
    public static IEnumerable<string> Keys => Table.SelectMany(part => part.Keys).Select(key => key.Name);

    /// <summary>Reads a configuration.</summary>
    /// <exception cref="UniVGException">A value is impossible; the message names file, line and key.</exception>
    public static ConfigReading Read(TomlSection toml)
    {
        var keys = Flatten(toml);
        var definition = KohyaDefaults.Run;
        foreach (var key in Table.SelectMany(part => part.Keys))
            if (keys.TryGetValue(key.Name, out var section)) definition = key.Read(new ConfigValue(section, key.Name, keys), definition);
        definition = NetworkKeys.Complete(definition, keys);
        if (definition.DatasetPath is null && !keys.Keys.Any(DatasetKeys.All.Select(key => key.Name).Contains)) definition = definition with { Dataset = null };
        definition.Training.Validate();
        definition.Adapter?.Validate();
        definition.Dataset?.Validate();
        definition.Saves.Validate();

        var others = keys.Keys.Except(Keys).ToList();
        return new ConfigReading(
            definition,
            [.. others.Where(OtherKeys.Meaningless.Contains)],
            [.. others.Where(name => OtherKeys.Unsupported.Contains(name) && !Value(name).IsOff).Select(name => $"{name} = {Value(name).Text()}"), .. UnknownArguments()],
            [.. others.Where(name => !OtherKeys.Meaningless.Contains(name) && !OtherKeys.Unsupported.Contains(name)).Select(name => name + NearestMatch.Hint(name, Keys))]);

        ConfigValue Value(string name) => new(keys[name], name, keys);

        IEnumerable<string> UnknownArguments() => definition.Adapter is { } adapter && keys.ContainsKey("network_args")
            ? NetworkKeys.UnknownArguments(Value("network_args"), adapter)
            : [];
    }

    /// <summary>Writes a configuration.</summary>
    /// <param name="definition">The run; what it leaves open is left out.</param>
    public static string Write(RunDefinition definition)
    {
        var text = new StringBuilder();
        foreach (var (title, keys) in Table)
        {
            var lines = keys.Select(key => (key.Name, Value: key.Write(definition))).Where(line => line.Value is not null).ToList();
            if (lines.Count == 0) continue;
            text.Append(CultureInfo.InvariantCulture, $"# {title}\n");
            foreach (var (name, value) in lines) text.Append(CultureInfo.InvariantCulture, $"{name} = {Toml(value!)}\n");
            text.Append('\n');
        }

        return text.ToString().TrimEnd() + "\n";
    }

    // kohya flattens one level of tables.
    private static Dictionary<string, TomlSection> Flatten(TomlSection toml)
    {
        var keys = new Dictionary<string, TomlSection>();
        foreach (var key in toml.Keys)
        {
            if (toml.Value(key) is not TomlTable)
            {
                keys[key] = toml;
                continue;
            }

            var section = toml.Section(key)!;
            foreach (var inner in section.Keys) keys[inner] = section;
        }

        return keys;
    }

    private static string Toml(object value) => value switch
    {
        string text => JsonSerializer.Serialize(text, Relaxed), // JSON's escapes are TOML's, too
        bool flag => flag ? "true" : "false",
        double number => Number(number),
        IReadOnlyList<double> numbers => "[" + string.Join(", ", numbers.Select(Number)) + "]",
        IReadOnlyList<string> texts => "[" + string.Join(", ", texts.Select(Toml)) + "]",
        IFormattable whole => whole.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"A {value.GetType()} has no TOML form here.", nameof(value)),
    };

    // Whole numbers stay whole: kohya writes network_alpha = 16 into the metadata as it finds it.
    private static string Number(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e15
        ? ((long)value).ToString(CultureInfo.InvariantCulture)
        : value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
}
