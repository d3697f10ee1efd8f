namespace UniVG.Notebooks.Displays.Charts;

/// <summary>The loss on held-out images.</summary>
/// <param name="Step">The step after which it was measured.</param>
/// <param name="Loss">The mean loss over the held-out images.</param>
public sealed record ValidationPoint(int Step, double Loss);
