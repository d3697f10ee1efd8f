namespace UniVG.Notebooks.Exploration.Sweeps;

/// <summary>By what the best run of a sweep is found; the lowest is best.</summary>
public enum SweepCriterion
{
    /// <summary>The mean training loss of the last 50 steps: always there, and the weakest, as over-training lowers it too.</summary>
    TrainingLoss,

    /// <summary>The loss on held-out images after the last step.</summary>
    ValidationLoss,

    /// <summary>The kernel distance of samples to a folder of real pictures.</summary>
    KernelDistance,
}
