namespace UniVG.Finetuning.Evaluation;

/// <summary>A measured figure with its 95 % interval by bootstrap, see <see cref="Bootstrap"/>.</summary>
/// <param name="Value">The figure.</param>
/// <param name="Low">Lower end of the interval.</param>
/// <param name="High">Upper end of the interval.</param>
public readonly record struct Estimate(double Value, double Low, double High);
