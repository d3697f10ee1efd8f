using System.Globalization;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Runs;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows the runs that a session and an output folder know of.</summary>
public static class RunsCard
{
    private static readonly TableColumn[] RunColumns =
        [new("run"), new("adapter"), new("rate", Numeric: true), new("steps", Numeric: true), new("loss, last 50", Numeric: true), new("validation", Numeric: true)];

    private static readonly TableColumn[] DetachedColumns = [new("run"), new("how it stands"), new("step", Numeric: true), new("loss", Numeric: true)];
    private static readonly TableColumn[] StateColumns = [new("state"), new("saved (UTC)"), new("step", Numeric: true), new("of", Numeric: true)];

    /// <summary>Runs with their figures, detached runs, and states to resume from; those of sub-folders, such as sweeps, too.</summary>
    /// <param name="session">The session.</param>
    /// <param name="folder">The output folder.</param>
    public static Card Of(UniVGSession session, string folder)
    {
        var warnings = new List<string>();
        var runs = RunCatalog.Of(session, folder).ReadAll(warnings.Add);
        var detached = RunFolder.AllIn(folder).Select(run => (run.Name, State: new RunFollower(run).Look())).ToList();
        var states = runs.Select(run => Path.GetFullPath(run.Files.Folder.Length == 0 ? "." : run.Files.Folder)).Append(Path.GetFullPath(folder)).Distinct()
            .SelectMany(StateFolder.AllIn).OrderByDescending(found => found.State.SavedAt).ToList();
        return new Card($"Runs in {folder}")
        {
            Tables =
            [
                .. Table("Runs", RunColumns, runs.Select(Row)),
                .. Table("Detached", DetachedColumns, detached.Select(run => (string[])
                    [run.Name, Word(run.State.Status), Text(run.State.Step), run.State.Last is { } last ? DisplayFormat.Loss(last.Loss) : "–"])),
                .. Table("Saved states, newest first", StateColumns, states.Select(found => (string[])
                    [NameIn(folder, found.Path), found.State.SavedAt.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), Text(found.State.Step), Text(found.State.TotalSteps)])),
            ],
            Warnings = warnings,
            Notes = [runs.Count + detached.Count + states.Count == 0
                ? "There are none; '#!univg train' begins one, 'train --detach' one with a process of its own, 'train --save-every N' saves states."
                : "'#!univg compare RUN RUN' shows runs side by side, '#!univg attach RUN' follows a detached one, '#!univg resume RUN' goes on from its newest state, 'resume STATE' from any, '#!univg load RUN' takes its adapter."],
        };
    }

    private static IEnumerable<Table> Table(string title, IReadOnlyList<TableColumn> columns, IEnumerable<string[]> rows) =>
        rows.ToList() is { Count: > 0 } lines ? [new Table(columns, lines) { Title = title }] : [];

    private static string[] Row(RunRecord run) =>
    [
        run.Name,
        run.Definition.Adapter is { } adapter ? AdapterCard.Title(adapter) : "",
        DisplayFormat.LearningRate(run.Definition.Training.LearningRate),
        Text(run.Step),
        DisplayFormat.Loss(run.MeanLoss),
        run.ValidationLoss is { } loss ? DisplayFormat.Loss(loss) : "–",
    ];

    private static string NameIn(string folder, string path) => Path.GetRelativePath(Path.GetFullPath(folder), Path.GetFullPath(path));

    private static string Word(TrainingStatus status) => status.ToString().ToLowerInvariant();

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
