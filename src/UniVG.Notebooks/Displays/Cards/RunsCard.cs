using System.Globalization;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Runs;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows the runs that an output folder knows of.</summary>
public static class RunsCard
{
    private static readonly TableColumn[] RunColumns = [new("run"), new("how it stands"), new("step", Numeric: true), new("loss", Numeric: true)];
    private static readonly TableColumn[] StateColumns = [new("state"), new("saved (UTC)"), new("step", Numeric: true), new("of", Numeric: true)];

    /// <summary>Detached runs, and states to resume from.</summary>
    /// <param name="folder">The output folder.</param>
    public static Card Of(string folder)
    {
        var runs = RunFolder.AllIn(folder).Select(run => (run.Name, State: new RunFollower(run).Look())).ToList();
        var states = StateFolder.AllIn(folder).ToList();
        return new Card($"Runs in {folder}")
        {
            Tables =
            [
                .. runs.Count == 0 ? [] : (Table[])[new Table(RunColumns, [.. runs.Select(run => (string[])
                    [run.Name, Word(run.State.Status), Text(run.State.Step), run.State.Last is { } last ? DisplayFormat.Loss(last.Loss) : "–"])]) { Title = "Detached" }],
                .. states.Count == 0 ? [] : (Table[])[new Table(StateColumns, [.. states.Select(found => (string[])
                    [Path.GetFileName(found.Path), found.State.SavedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Text(found.State.Step), Text(found.State.TotalSteps)])])
                    { Title = "Saved states, newest first" }],
            ],
            Notes = [runs.Count + states.Count == 0
                ? "There are none; 'train --detach' begins a run of its own, 'train --save-every N' saves states."
                : "'#!univg attach RUN' follows a run, '#!univg resume STATE' goes on from a state."],
        };
    }

    private static string Word(TrainingStatus status) => status.ToString().ToLowerInvariant();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
