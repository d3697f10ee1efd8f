namespace UniVG.Notebooks.Exploration.Sweeps;

/// <summary>How a run of a sweep ended.</summary>
public sealed record SweepOutcome
{
    /// <summary>The adapter's file.</summary>
    public required string Path { get; init; }

    /// <summary>Steps taken.</summary>
    public required int Steps { get; init; }

    /// <summary>The mean loss of the last 50 steps.</summary>
    public required double Loss { get; init; }

    /// <summary>The last validation loss; null where no images are held out.</summary>
    public double? ValidationLoss { get; init; }

    /// <summary>The kernel distance of samples to real pictures; null where it was not measured.</summary>
    public double? Distance { get; init; }

    /// <summary>By which pictures and samples that was measured, so that it is measured again for others.</summary>
    public string? MeasuredBy { get; init; }

    /// <summary>Trainable scalars.</summary>
    public required long Parameters { get; init; }

    /// <summary>The size of the adapter's file.</summary>
    public long Bytes { get; init; }

    /// <summary>How long its steps took.</summary>
    public required double Seconds { get; init; }

    /// <summary>Why the run was given up, in a sentence; null where it ended well.</summary>
    public string? Fault { get; init; }

    /// <summary>The value of a criterion; null where there is none that could be the best.</summary>
    public double? By(SweepCriterion criterion)
    {
        var value = criterion switch
        {
            SweepCriterion.KernelDistance => Distance,
            SweepCriterion.ValidationLoss => ValidationLoss,
            _ => Loss,
        };
        return Fault is null && value is { } number && double.IsFinite(number) ? number : null;
    }
}
