using System.Globalization;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows what a session's calls return: files that were written, states, runs that go on.</summary>
public static class ResultCard
{
    /// <summary>An adapter file that was written.</summary>
    public static Card Of(SavedAdapter saved) => new($"Saved {saved.Path}")
    {
        Facts =
        [
            new("size", DisplayFormat.Bytes(saved.Bytes)),
            new("modules", FormattableString.Invariant($"{saved.Modules:N0}")),
            new("steps", FormattableString.Invariant($"{saved.Steps:N0}")),
        ],
    };

    /// <summary>The adapters that were baked into a model.</summary>
    public static Card Of(IReadOnlyList<(SessionAdapter Adapter, double Strength)> merged) => new("Merged")
    {
        Facts = [new("adapters", string.Join('\n', merged.Select(a => FormattableString.Invariant($"{a.Adapter.Name} at strength {a.Strength:0.####}"))))],
    };

    /// <summary>A run that goes on from a state.</summary>
    public static Card Of(ResumedRun resumed) => SessionCard.Of(resumed.Run) with
    {
        Warnings = resumed.PassedOver,
        Notes =
        [
            resumed.Run.IsFinished
                ? "All planned steps are taken; '#!univg save' writes the adapter."
                : $"Resuming after step {resumed.Run.Step} of {resumed.Run.TotalSteps}, from {resumed.State.Path}; '#!univg train' goes on.",
        ],
    };

    /// <summary>The files of a run.</summary>
    public static Card Of(RunKeeper keeper) => new($"Files of {keeper.Files.Name}")
    {
        Facts =
        [
            new("adapter", keeper.Files.FinishedAdapter),
            new("history", keeper.Files.HistoryTable),
            new("configuration", keeper.Files.Configuration),
            .. keeper.LogFolder is { } log ? [new("TensorBoard", log)] : Array.Empty<KeyValuePair<string, string>>(),
        ],
        Notes = keeper.Files.Existing() is { Count: > 0 } existing ? [$"Written so far: {string.Join(", ", existing)}."] : [],
    };

    /// <summary>A saved state.</summary>
    public static Card Of(StateFolder state) => new(Path.GetFileName(state.Path))
    {
        Facts =
        [
            new("folder", state.Path),
            new("saved (UTC)", state.State.SavedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)),
            new("step", FormattableString.Invariant($"{state.State.Step} of {state.State.TotalSteps}, epoch {state.State.Epoch}")),
        ],
        Notes = [$"'#!univg resume {state.Path}' goes on from it."],
    };
}
