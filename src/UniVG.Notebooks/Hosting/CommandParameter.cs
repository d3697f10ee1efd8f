namespace UniVG.Notebooks.Hosting;

/// <summary>An argument or option of a verb.</summary>
/// <param name="Name">The name: <c>--steps</c> for an option, <c>folder</c> for an argument, which is given without its name.</param>
/// <param name="ValueName">What a value looks like, such as <c>N</c>; null for a flag.</param>
/// <param name="Meaning">What it means, without the default.</param>
/// <param name="Default">What holds where it is not given; null where that is nothing, or where it must be given.</param>
public sealed record CommandParameter(string Name, string? ValueName, string Meaning, string? Default)
{
    /// <summary>Whether it is an option, given by its name.</summary>
    public bool IsOption { get; init; }

    /// <summary>Whether the verb cannot do without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether it may be given several times.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Gives values that fit at present, such as files and names of runs; none where any text or number may stand.</summary>
    public required Func<IReadOnlyList<string>> Values { get; init; }

    /// <summary>Meaning and default in one sentence, as help and tooltips have it.</summary>
    public string Description => Default is null ? Meaning : $"{Meaning}; default {Default}";
}
