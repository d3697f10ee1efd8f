namespace UniVG.Finetuning.Evaluation;

/// <summary>
/// Whether samples are copies of training pictures. A real picture that was not trained on has a nearest training picture, too; a
/// sample is near when it is nearer to one than all but a few of those are, and a copy when it is less than half as far as any of
/// them. The idea of comparing with held-out pictures is that of Dar et al. (arXiv 2402.01054), who found 20 to 40 % of training
/// pictures memorised in medical models.
/// </summary>
/// <param name="Share">Share of the samples that are near; about <paramref name="Quantile"/> where nothing is memorised.</param>
/// <param name="Copies">Number of samples that are copies.</param>
/// <param name="Threshold">The distance below which a sample is near, see <see cref="ClosestPair.Distance"/>.</param>
/// <param name="Quantile">The part of the held-out pictures that is nearer than the threshold.</param>
/// <param name="Chance">The probability of so many near samples if they were no nearer than held-out pictures, see <see cref="NearnessChance"/>.</param>
/// <param name="MedianDistance">Median distance of a sample to its nearest training picture.</param>
/// <param name="MedianHeldOutDistance">The same of the held-out pictures.</param>
/// <param name="Closest">The closest pairs, the closest first.</param>
public sealed record Memorisation(
    Estimate Share,
    int Copies,
    double Threshold,
    double Quantile,
    double Chance,
    double MedianDistance,
    double MedianHeldOutDistance,
    IReadOnlyList<ClosestPair> Closest)
{
    private const double Significant = 0.01;

    /// <summary>Whether there are copies, or more near samples than chance explains (1 %).</summary>
    public bool IsFound => Copies > 0 || Chance < Significant;
}
