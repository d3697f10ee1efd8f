namespace UniVG.Notebooks.Exploration.Sweeps;

/// <summary>A sweep, as far as it is done.</summary>
/// <param name="Folder">The folder with a sub-folder a run.</param>
/// <param name="Criterion">By what the best run is found.</param>
/// <param name="Runs">The runs in the order of the plan; those still to come have no outcome.</param>
public sealed record SweepResult(string Folder, SweepCriterion Criterion, IReadOnlyList<(SweepRun Run, SweepOutcome? Outcome)> Runs)
{
    /// <summary>The run with the lowest value of the criterion among those that are done; null where there is none.</summary>
    public (SweepRun Run, SweepOutcome Outcome)? Best => Runs
        .Where(one => one.Outcome?.By(Criterion) is not null)
        .Select(one => ((SweepRun Run, SweepOutcome Outcome)?)(one.Run, one.Outcome!))
        .MinBy(one => one!.Value.Outcome.By(Criterion));

    /// <summary>The settings that differ among the runs.</summary>
    public IReadOnlyList<string> Axes => AxesOf(Runs);

    /// <summary>The settings that differ among some runs.</summary>
    internal static IReadOnlyList<string> AxesOf(IReadOnlyList<(SweepRun Run, SweepOutcome? Outcome)> runs) =>
        [.. runs.SelectMany(one => one.Run.Values).Select(value => value.Key).Distinct()];
}
