namespace UniVG.Finetuning.Training;

/// <summary>A change of a run's settings.</summary>
/// <param name="Step">The steps taken before it.</param>
/// <param name="Settings">What changed, such as <c>lr 1e-4 → 5e-5</c>.</param>
public sealed record SettingsChange(int Step, IReadOnlyList<string> Settings);
