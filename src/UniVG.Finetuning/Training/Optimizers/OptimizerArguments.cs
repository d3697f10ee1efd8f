using System.Globalization;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>
/// kohya's <c>optimizer_args</c>: <c>key=value</c> each, the value in Python's notation. An optimizer asks for what it knows, and then
/// what it did not ask for is refused by name.
/// </summary>
public sealed class OptimizerArguments
{
    private readonly string _optimizer;
    private readonly Dictionary<string, string> _values = [];
    private readonly List<string> _known = [];

    /// <summary>Takes the arguments apart.</summary>
    /// <param name="optimizer">Whose arguments they are, for messages.</param>
    /// <param name="arguments"><c>key=value</c> each.</param>
    /// <exception cref="UniVGException">An argument has no value, or is given twice.</exception>
    public OptimizerArguments(string optimizer, IEnumerable<string> arguments)
    {
        _optimizer = optimizer;
        foreach (var argument in arguments)
        {
            var parts = argument.Split('=', 2, StringSplitOptions.TrimEntries);
            if (parts.Length < 2 || parts[0].Length == 0 || parts[1].Length == 0)
                throw new UniVGException($"The optimizer argument '{argument}' is no key=value; write it like weight_decay=0.01.");
            if (!_values.TryAdd(parts[0], parts[1])) throw new UniVGException($"The optimizer argument {parts[0]} is given twice; give it once.");
        }
    }

    /// <summary>A number of at least 0.</summary>
    public double Number(string name, double fallback) =>
        Take(name) is not { } text ? fallback : Read(text) is >= 0 and var value ? value : throw Impossible(name, text, "a number of at least 0");

    /// <summary>A number above 0.</summary>
    public double Positive(string name, double fallback) =>
        Take(name) is not { } text ? fallback : Read(text) is > 0 and var value ? value : throw Impossible(name, text, "a number above 0");

    /// <summary>A number of at most 0.</summary>
    public double Negative(string name, double fallback) =>
        Take(name) is not { } text ? fallback : Read(text) is <= 0 and var value ? value : throw Impossible(name, text, "a number of at most 0");

    /// <summary>A number of at least 0, or null for <c>None</c>.</summary>
    public double? Optional(string name, double? fallback) => Take(name) is not { } text ? fallback
        : text == "None" ? null
        : Read(text) is >= 0 and var value ? value : throw Impossible(name, text, "a number of at least 0, or None");

    /// <summary>Two numbers from 0 to below 1: <c>(0.9, 0.999)</c>, with brackets or without.</summary>
    public (double First, double Second) Pair(string name, double first, double second)
    {
        if (Take(name) is not { } text) return (first, second);
        var parts = text.Trim('(', ')', '[', ']').Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length == 2 && Read(parts[0]) is >= 0 and var a && Read(parts[1]) is >= 0 and var b && a < 1 && b < 1) return (a, b);
        throw Impossible(name, text, $"two numbers below 1, such as ({first.ToString(CultureInfo.InvariantCulture)},{second.ToString(CultureInfo.InvariantCulture)})");
    }

    /// <summary><c>True</c> or <c>False</c>, in any case.</summary>
    public bool Flag(string name, bool fallback) =>
        Take(name) is not { } text ? fallback : bool.TryParse(text, out var value) ? value : throw Impossible(name, text, "True or False");

    /// <summary>Refuses what nobody asked for.</summary>
    /// <exception cref="UniVGException">An argument is not known to the optimizer.</exception>
    public void ThrowIfUnknown()
    {
        if (_values.Keys.FirstOrDefault() is not { } name) return;
        throw new UniVGException($"{_optimizer} has no argument '{name}'{NearestMatch.Hint(name, _known)}; it takes {string.Join(", ", _known)}.");
    }

    private string? Take(string name)
    {
        _known.Add(name);
        return _values.Remove(name, out var text) ? text : null;
    }

    private static double? Read(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private UniVGException Impossible(string name, string text, string rule) => new($"{_optimizer}'s argument {name} is '{text}'; it must be {rule}.");
}
