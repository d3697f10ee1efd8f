using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Evaluation;

/// <summary>A sample and the training picture it is most like.</summary>
/// <param name="Sample">The sample.</param>
/// <param name="SampleIndex">Its number among the samples, from 0.</param>
/// <param name="Training">The training picture; mirrored where the sample is like its mirror image.</param>
/// <param name="TrainingIndex">Its number among the training pictures, from 0.</param>
/// <param name="Distance">1 − correlation of their layouts: 0 for a copy, about 1 for unrelated pictures.</param>
public sealed record ClosestPair(RgbImage Sample, int SampleIndex, RgbImage Training, int TrainingIndex, double Distance);
