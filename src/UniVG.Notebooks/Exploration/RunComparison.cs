using UniVG.Diffusion;

namespace UniVG.Notebooks.Exploration;

/// <summary>Several runs side by side: their curves, what their settings differ in, and what their adapters draw from equal prompts and seeds.</summary>
/// <param name="Runs">The runs.</param>
public sealed record RunComparison(IReadOnlyList<RunRecord> Runs)
{
    /// <summary>What the samples show; null where none were drawn.</summary>
    public ImageRequest? Request { get; init; }

    /// <summary>A row of pictures without adapter, then one a run that has an adapter to draw with.</summary>
    public IReadOnlyList<RunSamples> Samples { get; init; } = [];

    /// <summary>What is missing, and why; one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The run with the lowest validation loss, where at least two have one; else null: the training loss is no criterion.</summary>
    public RunRecord? Best => Runs.Count(run => run.ValidationLoss is not null) < 2 ? null
        : Runs.Where(run => run.ValidationLoss is { } loss && double.IsFinite(loss)).MinBy(run => run.ValidationLoss);
}
