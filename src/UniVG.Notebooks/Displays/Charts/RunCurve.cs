using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Displays.Charts;

/// <summary>One run in a chart that compares several.</summary>
/// <param name="Name">The run's name, as the legend shows it.</param>
/// <param name="History">Its steps, in order.</param>
/// <param name="Best">Whether it is the one to be highlighted (a thicker line, and a word in the legend).</param>
public sealed record RunCurve(string Name, IReadOnlyList<StepReport> History, bool Best = false);
