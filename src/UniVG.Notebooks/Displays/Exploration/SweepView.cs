using System.Globalization;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Exploration.Sweeps;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Exploration;

/// <summary>Shows a sweep: how far it is while it trains, then a table and the course from settings to result of each run.</summary>
public static class SweepView
{
    /// <summary>Shows a sweep that is done, or as far as it is done.</summary>
    public static MimeBundle Create(SweepResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var card = CardOf(result);
        if (ParallelCoordinates.Html(result, out var png) is not { } chart) return card.ToBundle();
        return new MimeBundle(card.ToText()).WithHtml(Style.Wrap($"<p class=\"univg-title\">{Style.Encode(Title(result))}</p>{chart}{(card with { Title = "" }).ToHtml()}")).WithPng(png);
    }

    /// <summary>One row a run: the settings that differ, then its figures.</summary>
    public static Table Figures(SweepResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Figures(result.Runs) with { HighlightedRow = result.Best is { Run: var best } ? result.Runs.TakeWhile(one => one.Run != best).Count() : null };
    }

    /// <summary>One row a run, as <see cref="Figures(SweepResult)"/>; none is the best.</summary>
    internal static Table Figures(IReadOnlyList<(SweepRun Run, SweepOutcome? Outcome)> runs)
    {
        var outcomes = runs.Select(one => one.Outcome).ToList();
        var (hasValidation, hasDistance) = (outcomes.Any(o => o?.ValidationLoss is not null), outcomes.Any(o => o?.Distance is not null));
        return new Table(
            [
                new("run"), .. SweepResult.AxesOf(runs).Select(axis => new TableColumn(axis, Numeric: true)), new("loss, last 50", Numeric: true),
                .. Optional(hasValidation, new TableColumn("validation", Numeric: true)), .. Optional(hasDistance, new TableColumn("distance", Numeric: true)),
                new("parameters", Numeric: true), new("file", Numeric: true), new("time", Numeric: true),
            ],
            [
                .. runs.Select(one => (string[])
                    [
                        one.Run.Name, .. one.Run.Values.Select(value => value.Value), LossOf(one.Outcome),
                        .. Optional(hasValidation, Number(one.Outcome?.ValidationLoss, DisplayFormat.Loss)), .. Optional(hasDistance, Number(one.Outcome?.Distance, Distance)),
                        one.Outcome is null or { Parameters: 0 } ? "" : one.Outcome.Parameters.ToString("N0", CultureInfo.InvariantCulture),
                        one.Outcome is { Bytes: > 0 } saved ? DisplayFormat.Bytes(saved.Bytes) : "",
                        one.Outcome is null or { Steps: 0 } ? "" : DisplayFormat.Duration(TimeSpan.FromSeconds(one.Outcome.Seconds)),
                    ]),
            ]);
    }

    /// <summary>A run of a sweep, how it ended, or both.</summary>
    internal static Card CardOf(SweepRun? run, SweepOutcome? outcome) => new(run is null ? "Outcome of a sweep's run" : $"Run {run.Name} of a sweep")
    {
        Facts =
        [
            .. run?.Values ?? [],
            .. run is null ? [] : Fact("adapter", AdapterCard.Title(run.Adapter)),
            .. outcome is null ? [] : Fact("loss, last 50", LossOf(outcome)),
            .. outcome?.ValidationLoss is { } validation ? Fact("validation", DisplayFormat.Loss(validation)) : [],
            .. outcome?.Distance is { } distance ? Fact("distance", Distance(distance)) : [],
            .. outcome is null ? [] : Fact("steps", FormattableString.Invariant($"{outcome.Steps} in {DisplayFormat.Duration(TimeSpan.FromSeconds(outcome.Seconds))}")),
            .. outcome is { Bytes: > 0 } ? Fact("file", $"{outcome.Path} ({DisplayFormat.Bytes(outcome.Bytes)})") : [],
        ],
        Warnings = (outcome?.Fault ?? run?.Fault) is { } fault ? [fault] : [],
    };

    private static KeyValuePair<string, string>[] Fact(string name, string value) => [new(name, value)];

    /// <summary>The name of what runs are judged by.</summary>
    internal static string NameOf(SweepCriterion criterion) => criterion switch
    {
        SweepCriterion.KernelDistance => "kernel distance",
        SweepCriterion.ValidationLoss => "validation loss",
        _ => "training loss",
    };

    /// <summary>A value of a criterion.</summary>
    internal static string Text(double value, SweepCriterion criterion) => criterion == SweepCriterion.KernelDistance ? Distance(value) : DisplayFormat.Loss(value);

    /// <summary>A line on a sweep that is done.</summary>
    internal static string Summary(SweepResult result)
    {
        var done = result.Runs.Count(one => one.Outcome is not null);
        return $"Sweep: {done} of {result.Runs.Count} runs are done, in {result.Folder}.{(result.Best is { } best ? $" The best by {NameOf(result.Criterion)} is {best.Run.Name}." : "")}";
    }

    /// <summary>How far a sweep is. The first line of the text is the progress of a headless run.</summary>
    internal static MimeBundle Live(SweepProgress progress)
    {
        var facts = Facts(progress);
        var table = Figures(progress.Result);
        return new MimeBundle($"{string.Join(" · ", facts)}\n\n{table.ToText()}").WithHtml(Style.Wrap($"""
            <div class="univg-head"><span class="univg-title">{Style.Encode(Title(progress.Result))}</span></div>
            <progress class="univg-bar" max="{Math.Max(1, progress.StepsPlanned)}" value="{progress.StepsDone}" aria-label="steps of all runs">{progress.StepsDone} of {progress.StepsPlanned} steps</progress>
            <p>{Style.Encode(string.Join(" · ", facts))}</p>
            {table.ToHtml()}
            """));
    }

    /// <summary>A sweep that was interrupted.</summary>
    internal static MimeBundle Stopped(SweepProgress progress)
    {
        var card = CardOf(progress.Result);
        return (card with { Notes = [$"Stopped in the run {progress.Current?.Name}; the same command again goes on from there.", .. card.Notes] }).ToBundle();
    }

    private static Card CardOf(SweepResult result) => new(Title(result))
    {
        Tables = [Figures(result)],
        Warnings = [.. result.Runs.Where(one => one.Outcome?.Fault is not null).Select(one => $"{one.Run.Name} was given up: {one.Outcome!.Fault}")],
        Notes =
        [
            .. result.Best is { } best
                ? new[]
                {
                    $"Best by {NameOf(result.Criterion)}, {Text(best.Outcome.By(result.Criterion)!.Value, result.Criterion)}: {best.Run.Name}. "
                        + (result.Runs.All(one => one.Outcome is not null) ? $"Its adapter is attached; it is in {best.Outcome.Path}." : ""),
                }
                : [],
            .. result.Criterion == SweepCriterion.TrainingLoss
                ? new[] { "The training loss says little of how well a run draws: hold images out (data --validation 0.2), or measure samples (sweep --evaluate FOLDER)." }
                : [],
        ],
    };

    private static List<string> Facts(SweepProgress progress)
    {
        var number = progress.Current is null ? progress.Result.Runs.Count : progress.Result.Runs.TakeWhile(one => one.Run != progress.Current).Count() + 1;
        List<string> facts = [$"run {number}/{progress.Result.Runs.Count} {progress.Current?.Name}".TrimEnd()];
        if (progress.Activity is { } activity) facts.Add(activity);
        if (progress.Last is { } step) facts.AddRange([$"step {step.Step}/{step.TotalSteps}", $"loss {DisplayFormat.Loss(step.Loss)}"]);
        if (progress.Remaining is { } remaining) facts.Add($"ETA {DisplayFormat.Duration(remaining)}");
        return facts;
    }

    private static string Title(SweepResult result) => string.Create(CultureInfo.InvariantCulture, $"Sweep of {result.Runs.Count} {(result.Runs.Count == 1 ? "run" : "runs")} in {result.Folder}");

    private static string LossOf(SweepOutcome? outcome) => outcome switch
    {
        null => "–",
        { Fault: not null } => "given up",
        _ => DisplayFormat.Loss(outcome.Loss),
    };

    private static string Number(double? value, Func<double, string> format) => value is { } number ? format(number) : "–";

    private static string Distance(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static IEnumerable<T> Optional<T>(bool isThere, T value) => isThere ? [value] : [];
}
