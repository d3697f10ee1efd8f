namespace UniVG.Notebooks.Displays.Datasets;

/// <summary>How steps and epochs relate in one of the guide's configurations.</summary>
/// <param name="Name">The configuration, such as LoRA.</param>
/// <param name="BatchSize">Images a step.</param>
/// <param name="StepsPerEpoch">Steps that show every image as often as its repeats say.</param>
/// <param name="Steps">The configuration's steps.</param>
public sealed record EpochArithmetic(string Name, int BatchSize, int StepsPerEpoch, int Steps)
{
    /// <summary>Such as <c>LoRA, batch size 2: 120 steps an epoch, so 3000 steps are 25 epochs</c>.</summary>
    public override string ToString() => FormattableString.Invariant(
        $"{Name}, batch size {BatchSize}: {StepsPerEpoch} steps an epoch, so {Steps} steps are {Steps / (double)StepsPerEpoch:0.#} epochs");
}
