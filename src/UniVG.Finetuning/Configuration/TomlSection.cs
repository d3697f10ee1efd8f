using System.Globalization;
using Tomlyn.Model;
using Tomlyn.Serialization;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Configuration;

/// <summary>
/// A table of a TOML file. Values are asked for by key and type; null means that the key is not there. What nobody asked for is in
/// <see cref="Unread"/>, so that no key is ignored silently.
/// </summary>
public sealed class TomlSection
{
    private readonly TomlTable _table;
    private readonly TomlMetadataStore _places;
    private readonly HashSet<string> _read = [];

    internal TomlSection(TomlTable table, TomlMetadataStore places, string source, string name)
    {
        _table = table;
        _places = places;
        Source = source;
        Name = name;
    }

    /// <summary>The file, as error messages call it.</summary>
    public string Source { get; }

    /// <summary>Where in the file, such as "datasets[1].subsets[0]", counted from 0; empty at the top level.</summary>
    public string Name { get; }

    /// <summary>All keys, in the file's order.</summary>
    public IReadOnlyList<string> Keys => [.. _table.Keys];

    /// <summary>Keys that were not asked for yet, each as "key (line 3)"; those of sections within are not among them.</summary>
    public IReadOnlyList<string> Unread => [.. _table.Keys.Where(key => !_read.Contains(key)).Select(key => $"{Full(key)} (line {Line(key)})")];

    /// <summary>Whether the key is there; does not count as asking for its value.</summary>
    public bool Has(string key) => _table.ContainsKey(key);

    /// <summary>The line of a key, from 1.</summary>
    public int Line(string key) =>
        _places.TryGetProperties(_table, out var properties) && properties!.TryGetProperty(key, out var property) ? property!.Span.Start.Line + 1 : 1;

    /// <summary>An error that names file, line and key.</summary>
    /// <param name="key">The key that it is about.</param>
    /// <param name="problem">The rest of the sentence, such as "is 5; it must be 0 to 1".</param>
    public UniVGException Error(string key, string problem) => new($"'{Source}', line {Line(key)}: {Full(key)} {problem}.");

    /// <summary>A value of any kind: string, long, double, bool, or a Tomlyn array or date; for keys with odd types.</summary>
    public object? Value(string key)
    {
        _read.Add(key);
        return _table.TryGetValue(key, out var value) ? value : null;
    }

    /// <summary>A string.</summary>
    /// <exception cref="UniVGException">The value is of another type.</exception>
    public string? Text(string key) => Value(key) switch
    {
        null => null,
        string text => text,
        var other => throw WrongType(key, other, "text in quotes"),
    };

    /// <summary>true or false.</summary>
    /// <exception cref="UniVGException">The value is of another type.</exception>
    public bool? Flag(string key) => Value(key) switch
    {
        null => null,
        bool flag => flag,
        var other => throw WrongType(key, other, "true or false"),
    };

    /// <summary>A whole number; 3.0 counts as one.</summary>
    /// <exception cref="UniVGException">The value is of another type or out of bounds.</exception>
    public int? WholeNumber(string key, int min = int.MinValue, int max = int.MaxValue)
    {
        if (Value(key) is not { } value) return null;
        if (Whole(value) is not { } number) throw WrongType(key, value, "a whole number");
        return number >= min && number <= max ? (int)number : throw Error(key, $"is {number}; it must be {Range(min, max)}");
    }

    /// <summary>A number.</summary>
    /// <exception cref="UniVGException">The value is of another type, not finite, or out of bounds.</exception>
    public double? Number(string key, double min = double.NegativeInfinity, double max = double.PositiveInfinity)
    {
        double? number = Value(key) switch
        {
            null => null,
            double real => real,
            long whole => whole,
            var other => throw WrongType(key, other, "a number"),
        };
        if (number is not { } value) return null;
        return double.IsFinite(value) && value >= min && value <= max
            ? value
            : throw Error(key, $"is {value.ToString(CultureInfo.InvariantCulture)}; it must be {Range(min, max)}");
    }

    /// <summary>Whole numbers: an array, or one number alone.</summary>
    /// <exception cref="UniVGException">The value is of another type.</exception>
    public IReadOnlyList<int>? WholeNumbers(string key) => Value(key) switch
    {
        null => null,
        TomlArray array => [.. array.Select(item => (int)(item is not null && Whole(item) is { } number ? number : throw WrongType(key, item, "whole numbers")))],
        var single when Whole(single) is { } number => [(int)number],
        var other => throw WrongType(key, other, "whole numbers"),
    };

    /// <summary>Strings: an array of them.</summary>
    /// <exception cref="UniVGException">The value is of another type.</exception>
    public IReadOnlyList<string>? Texts(string key) => Value(key) switch
    {
        null => null,
        TomlArray array => [.. array.Select(item => item as string ?? throw WrongType(key, item, "a list of texts in quotes"))],
        var other => throw WrongType(key, other, "a list of texts in quotes"),
    };

    /// <summary>A table within: <c>[key]</c>.</summary>
    /// <exception cref="UniVGException">The value is no table.</exception>
    public TomlSection? Section(string key) => Value(key) switch
    {
        null => null,
        TomlTable table => new TomlSection(table, _places, Source, Full(key)),
        var other => throw WrongType(key, other, $"a table, [{Full(key)}]"),
    };

    /// <summary>Tables within: <c>[[key]]</c>, or an array of inline tables; empty without the key.</summary>
    /// <exception cref="UniVGException">The value is something else.</exception>
    public IReadOnlyList<TomlSection> Sections(string key)
    {
        IEnumerable<object?> items = Value(key) switch
        {
            null => [],
            TomlTableArray tables => tables,
            TomlArray array => array,
            var other => throw WrongType(key, other, $"tables, [[{Full(key)}]]"),
        };
        return
        [
            .. items.Select((item, i) => item is TomlTable table
                ? new TomlSection(table, _places, Source, $"{Full(key)}[{i}]")
                : throw WrongType(key, item, $"tables, [[{Full(key)}]]")),
        ];
    }

    private static long? Whole(object value) => value switch
    {
        long whole => whole,
        double real when real == Math.Floor(real) && Math.Abs(real) < 1e15 => (long)real,
        _ => null,
    };

    private static string Range(double min, double max) => (double.IsFinite(min) && min > int.MinValue, double.IsFinite(max) && max < int.MaxValue) switch
    {
        (true, true) => FormattableString.Invariant($"{min} to {max}"),
        (true, false) => FormattableString.Invariant($"at least {min}"),
        (false, true) => FormattableString.Invariant($"at most {max}"),
        _ => "a smaller number",
    };

    private string Full(string key) => Name.Length == 0 ? key : $"{Name}.{key}";

    private UniVGException WrongType(string key, object? value, string expected) => Error(key, $"is {Describe(value)}; it must be {expected}");

    private static string Describe(object? value) => value switch
    {
        null => "empty",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        TomlTable or TomlTableArray => "a table",
        TomlArray => "a list",
        _ => value.ToString() ?? "",
    };
}
