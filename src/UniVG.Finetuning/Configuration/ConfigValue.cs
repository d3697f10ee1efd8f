using System.Globalization;
using Tomlyn.Model;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Configuration;

/// <summary>
/// A value of a configuration file. kohya hands TOML values on without checking their types, so that numbers in quotes and the like
/// are found in files that work there; what can be understood is accepted.
/// </summary>
/// <param name="section">Where the key is.</param>
/// <param name="key">The key.</param>
/// <param name="all">The whole file, sections flattened.</param>
internal sealed class ConfigValue(TomlSection section, string key, IReadOnlyDictionary<string, TomlSection> all)
{
    /// <summary>Whether the value stands for nothing: off, empty, 0 or an empty list.</summary>
    public bool IsOff => section.Value(key) is null or false or 0L or 0.0 or "" or TomlArray { Count: 0 };

    /// <summary>Another value of the file; null where it is not there.</summary>
    public ConfigValue? Other(string name) => all.TryGetValue(name, out var its) ? new ConfigValue(its, name, all) : null;

    /// <summary>The value as text, as kohya's command line would take it.</summary>
    public string Text() => section.Value(key) switch
    {
        string text => text.Trim(),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        TomlArray { Count: 1 } array when array[0] is IFormattable only => only.ToString(null, CultureInfo.InvariantCulture),
        TomlArray array => string.Join(',', array.Select(item => Convert.ToString(item, CultureInfo.InvariantCulture))),
        _ => throw Error("must be a value"),
    };

    /// <summary>Text; null where it is empty.</summary>
    public string? TextOrNone() => Text() is { Length: > 0 } text ? text : null;

    /// <summary>true or false, perhaps in quotes, or 0 or 1.</summary>
    public bool Flag() => Text().ToUpperInvariant() switch
    {
        "TRUE" or "1" => true,
        "FALSE" or "0" or "" => false,
        _ => throw Error("must be true or false"),
    };

    /// <summary>A number, perhaps in quotes.</summary>
    public double Number() => double.TryParse(Text(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
        ? value
        : throw Error($"is \"{Text()}\"; it must be a number");

    /// <summary>A whole number, perhaps in quotes.</summary>
    public int Whole() => Number() is var value && value == Math.Floor(value) && Math.Abs(value) <= int.MaxValue
        ? (int)value
        : throw Error($"is {Text()}; it must be a whole number");

    /// <summary>A size in pixels: <c>512</c>, <c>"512,768"</c> (width, height) or a list.</summary>
    public (int Width, int Height) Size()
    {
        var parts = Text().Split(',', 'x', StringSplitOptions.TrimEntries);
        if (parts.Length is 1 or 2 && parts.All(p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            return (int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[^1], CultureInfo.InvariantCulture));
        throw Error($"is \"{Text()}\"; it must be a size such as \"512,512\"");
    }

    /// <summary>Texts: a list, or one text of words.</summary>
    public IReadOnlyList<string> Texts() => section.Value(key) switch
    {
        TomlArray array => [.. array.Select(item => Convert.ToString(item, CultureInfo.InvariantCulture)!.Trim()).Where(item => item.Length > 0)],
        string text => text.Split(' ', StringSplitOptions.RemoveEmptyEntries),
        _ => throw Error("must be a list of texts in quotes"),
    };

    /// <summary>Numbers: a list, or one alone.</summary>
    public IReadOnlyList<double> Numbers() => [.. Text().Split(',', StringSplitOptions.TrimEntries).Select(text =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : throw Error("must be a list of numbers"))];

    /// <summary><c>key=value</c> pairs.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs() => [.. Texts().Select(text => text.Split('=', 2, StringSplitOptions.TrimEntries) is [var name, var value]
        ? KeyValuePair.Create(name, value)
        : throw Error($"holds \"{text}\"; each of its texts must be key=value"))];

    /// <summary>An error that names file, line and key.</summary>
    /// <param name="problem">The rest of the sentence.</param>
    public UniVGException Error(string problem) => section.Error(key, problem);

    /// <summary>What a check of ours says of the value, with file, line and key.</summary>
    public T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (UniVGException e)
        {
            throw new UniVGException($"'{section.Source}', line {section.Line(key)}, {key}: {e.Message}", e);
        }
    }
}
