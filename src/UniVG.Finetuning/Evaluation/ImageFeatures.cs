namespace UniVG.Finetuning.Evaluation;

/// <summary>What <see cref="TinyFeatures"/> sees in pictures.</summary>
/// <param name="Appearance">For each picture its standardised features, averaged over the picture: how it looks, wherever that is.</param>
/// <param name="Layout">For each picture a vector of length 1 that tells where what is: the dot product of two is their correlation.</param>
public sealed record ImageFeatures(IReadOnlyList<double[]> Appearance, IReadOnlyList<float[]> Layout);
