namespace UniVG.Finetuning.Evaluation;

/// <summary>
/// Whether samples are copies of training pictures. A real picture that was not trained on has a nearest training picture, too; a
/// sample counts as memorised when it is nearer to one than all but a few of those are. The idea of comparing with held-out
/// pictures is that of Dar et al. (arXiv 2402.01054), who found 20 to 40 % of training pictures memorised in medical models.
/// </summary>
/// <param name="Share">Share of the samples that count as memorised; about <paramref name="Quantile"/> where nothing is memorised.</param>
/// <param name="Threshold">The distance below which a sample counts, see <see cref="ClosestPair.Distance"/>.</param>
/// <param name="Quantile">The part of the held-out pictures that is nearer than the threshold.</param>
/// <param name="MedianDistance">Median distance of a sample to its nearest training picture.</param>
/// <param name="MedianHeldOutDistance">The same of the held-out pictures.</param>
/// <param name="Closest">The closest pairs, the closest first.</param>
public sealed record Memorisation(
    Estimate Share, double Threshold, double Quantile, double MedianDistance, double MedianHeldOutDistance, IReadOnlyList<ClosestPair> Closest)
{
    /// <summary>Whether more samples count as memorised than held-out pictures would: the whole interval lies above the quantile.</summary>
    public bool IsFound => Share.Low > Quantile;
}
