using UniVG.Finetuning.Training;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows what a notebook holds, and what to do next.</summary>
public static class SessionCard
{
    /// <summary>Model, dataset, adapter, run.</summary>
    public static Card Of(UniVGSession session) => new("UniVG session")
    {
        Facts =
        [
            new("model", session.Model is { } model ? $"{model.Name} on {model.Pipeline.Device}" : "none"),
            new("dataset", session.Dataset is { } data
                ? FormattableString.Invariant($"{data.Folder}: {data.Images.Count} images, trigger {string.Join(", ", data.Concepts.Select(c => c.Trigger))}")
                : "none"),
            new("adapter", session.Adapters.Count == 0 ? "none" : string.Join('\n', session.Adapters.Select(AdapterText))),
            new("run", session.Run is { } run ? RunText(run) : "none"),
            .. session.Configuration is null ? [] : (KeyValuePair<string, string>[])[new("configuration", $"applied: {SettingsText(session.Configuration.Training)}")],
        ],
        Notes = [NextStep(session)],
    };

    /// <summary>Shows a run.</summary>
    public static Card Of(FineTuningRun run) => new("Run")
    {
        Facts =
        [
            new("progress", RunText(run)),
            new("adapter", AdapterCard.Title(run.Adapter.Config)),
            new("dataset", FormattableString.Invariant($"{run.Dataset.Images.Count} images, {run.StepsPerEpoch} steps an epoch")),
            new("settings", SettingsText(run.Config)),
            .. run.History.Changes.Select(change => new KeyValuePair<string, string>($"changed after step {change.Step}", string.Join(", ", change.Settings))),
        ],
    };

    /// <summary>The settings that matter most, in one line.</summary>
    internal static string SettingsText(TrainingConfig config) => FormattableString.Invariant(
        $"batch {config.BatchSize}, lr {DisplayFormat.LearningRate(config.LearningRate)}, text lr {DisplayFormat.LearningRate(config.TextEncoderLearningRate)}, {config.Scheduler}, {config.Optimizer}, seed {config.Seed}");

    private static string AdapterText(SessionAdapter adapter) =>
        AdapterCard.Title(adapter.Network.Config)
            + (adapter.Scale == 1 ? "" : FormattableString.Invariant($", scale {adapter.Scale:0.####}"))
            + (adapter.IsOwn ? "" : $" ({adapter.Name}, frozen)");

    private static string RunText(FineTuningRun run) => FormattableString.Invariant($"step {run.Step} of {run.TotalSteps}")
        + (run.History.Count == 0 ? "" : $", mean loss of the last 50 steps {DisplayFormat.Loss(run.History.MeanLoss(50))}");

    private static string NextStep(UniVGSession session) => session switch
    {
        { Model: null } => "Next: '#!univg model tiny', or a checkpoint of your own.",
        { Dataset: null } => "Next: '#!univg data FOLDER'.",
        { Adapter: null } => "Next: '#!univg lora' or '#!univg loha'.",
        { Run: null or { IsFinished: false } } => "Next: '#!univg train', or '#!univg step 50'.",
        _ => "Next: '#!univg sample --compare'.",
    };
}
