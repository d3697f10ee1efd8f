using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows a configuration that was applied, and what of it could not be followed.</summary>
public static class ConfigCard
{
    /// <summary>The figures that matter most, then keys by what became of them.</summary>
    /// <param name="reading">What was read.</param>
    /// <param name="source">Where from.</param>
    public static Card Of(ConfigReading reading, string source)
    {
        var (definition, training) = (reading.Definition, reading.Definition.Training);
        return Of(definition) with
        {
            Title = $"Configuration from {source}",
            Warnings =
            [
                .. Sentence("Not to be had here, so that the training differs from kohya's", reading.Unsupported),
                .. Sentence("Unknown to kohya's trainer too, and passed over", reading.Unknown),
            ],
            Notes =
            [
                .. Sentence("These have no meaning here", reading.Meaningless),
                .. training.ClipSkip > 1 ? [$"clip_skip is {training.ClipSkip}{(training.ClipSkip == 2 ? ", SD-Trainer's default" : "")}; UniVG itself was trained with 1."] : (string[])[],
                "Next: '#!univg train'.",
            ],
        };
    }

    /// <summary>What a run is to do: the figures that matter most.</summary>
    public static Card Of(RunDefinition definition) => new("Configuration")
    {
        Facts =
        [
            new("model", definition.ModelPath ?? "the session's"),
            new("dataset", definition.DatasetPath ?? "the session's"),
            new("adapter", definition.Adapter is { } adapter ? AdapterCard.Title(adapter) : "the session's"),
            new("length", definition.Training.Epochs is { } epochs
                ? FormattableString.Invariant($"{epochs} epochs") : FormattableString.Invariant($"{definition.Training.Steps} steps")),
            new("settings", SessionCard.SettingsText(definition.Training)),
            new("output", definition.Files?.FinishedAdapter ?? "the guide's name"),
        ],
    };

    private static IEnumerable<string> Sentence(string what, IReadOnlyList<string> keys) => keys.Count == 0 ? [] : [$"{what}: {string.Join(", ", keys)}."];
}
