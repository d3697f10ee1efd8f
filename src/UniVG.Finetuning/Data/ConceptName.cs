using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace UniVG.Finetuning.Data;

/// <summary>The name of a dataset's sub-folder, <c>[repeats]_[trigger]</c>.</summary>
/// <param name="Repeats">How often an epoch shows each picture, at least 1.</param>
/// <param name="Trigger">The rest of the name; may hold spaces and underscores, and may be empty.</param>
internal sealed record ConceptName(int Repeats, string Trigger)
{
    private const int MaxRepeats = 100_000;

    public static bool TryParse(
        string folderName, [NotNullWhen(true)] out ConceptName? name, [NotNullWhen(false)] out string? problem)
    {
        (name, problem) = (null, null);
        var parts = folderName.Split('_', 2);
        if (!int.TryParse(parts[0], NumberStyles.Integer, CultureInfo.InvariantCulture, out var repeats))
            problem = "its name does not begin with a number of repeats and an underscore, as in 10_modality";
        else if (repeats < 1)
            problem = $"its name asks for {repeats} repeats; at least 1 is needed";
        else if (repeats > MaxRepeats)
            problem = $"its name asks for {repeats} repeats; at most {MaxRepeats} are possible";
        else
            name = new ConceptName(repeats, parts.Length == 2 ? parts[1] : "");

        return name is not null;
    }
}
