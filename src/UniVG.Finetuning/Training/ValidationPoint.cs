namespace UniVG.Finetuning.Training;

/// <summary>The loss on held-out images.</summary>
/// <param name="Step">The step after which it was measured; 0 is before the first.</param>
/// <param name="Loss">The mean loss over the held-out images.</param>
public sealed record ValidationPoint(int Step, double Loss);
