using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Sampling;

namespace UniVG.Notebooks.Exploration.Grids;

/// <summary>What changes along a side of a grid of samples.</summary>
/// <param name="Name">One of <see cref="Names"/>.</param>
/// <param name="Values">The values as texts, in the order of the grid.</param>
public sealed record GridAxis(string Name, IReadOnlyList<string> Values)
{
    /// <summary>The adapters that a run saved, by step; <c>all</c> stands for each of them, 0 for the model without adapter.</summary>
    public const string Step = "step";

    /// <summary>The strength of the adapters.</summary>
    public const string Scale = "scale";

    /// <summary>The seed.</summary>
    public const string Seed = "seed";

    /// <summary>The guidance scale.</summary>
    public const string Guidance = "cfg";

    /// <summary>The sampler.</summary>
    public const string Sampler = "sampler";

    /// <summary>All steps of a run that there are.</summary>
    public const string All = "all";

    /// <summary>An axis of numbers or texts: <c>new GridAxis("scale", 0.5, 1)</c>; of steps without values, all that there are.</summary>
    public GridAxis(string name, params object[] values)
        : this(name, (IReadOnlyList<string>)(values is { Length: > 0 } ? [.. values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")] : name == Step ? [All] : []))
    {
    }

    /// <summary>What may change along a side.</summary>
    public static IReadOnlyList<string> Names { get; } = [Step, Scale, Seed, Guidance, Sampler];

    /// <summary>Reads an axis as commands write it: <c>scale=0.5,1</c>, <c>step=all</c>, or <c>step</c> alone.</summary>
    /// <exception cref="UniVGException">The name is not known, or a value impossible.</exception>
    public static GridAxis Parse(string text)
    {
        var parts = text.Split('=', 2);
        var axis = parts.Length == 2 ? new GridAxis(parts[0].Trim(), (IReadOnlyList<string>)[.. parts[1].Split(',').Select(value => value.Trim())]) : new GridAxis(text.Trim());
        axis.Validate();
        return axis;
    }

    /// <summary>Checks name and values.</summary>
    /// <exception cref="UniVGException">The name is not known, there is no value, or one is impossible.</exception>
    public void Validate()
    {
        if (!Names.Contains(Name)) throw new UniVGException($"A grid has no axis '{Name}'{NearestMatch.Hint(Name, Names)}; choose one of {string.Join(", ", Names)}.");
        if (Values.Count == 0) throw new UniVGException($"The axis '{Name}' has no values; write them like {Name}={(Name == Sampler ? "ddim,euler" : "0.5,1")}.");
        foreach (var value in Values)
            if (!IsPossible(value)) throw new UniVGException($"The axis '{Name}' has the value '{value}'; it must be {Rule}.");
    }

    /// <summary>A value as a heading.</summary>
    internal string Label(string value) => Name == Step && value == "0" ? "no adapter" : Name == Sampler ? value : $"{Name} {value}";

    private string Rule => Name switch
    {
        Step => "a step, or all",
        Seed => "a whole number of at least 0",
        Sampler => $"one of {string.Join(", ", KnownSamplers.All.Select(sampler => sampler.Name))}",
        Guidance => "a number of at least 0",
        _ => "a number",
    };

    private bool IsPossible(string value) => Name switch
    {
        Step => value == All || int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        Seed => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        Sampler => KnownSamplers.All.Any(sampler => sampler.Name == value),
        _ => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) && (number >= 0 || Name == Scale),
    };
}
