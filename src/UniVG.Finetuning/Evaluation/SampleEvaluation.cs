using UniVG.Diffusion.Images;
using UniVG.Finetuning.Evaluation.Vessels;

namespace UniVG.Finetuning.Evaluation;

/// <summary>How one set of pictures compares with the real ones.</summary>
/// <param name="Name">Which set, such as <c>with adapter</c>.</param>
/// <param name="Count">How many pictures.</param>
/// <param name="Frechet">See <see cref="FrechetDistance"/>; too large for few pictures.</param>
/// <param name="Kernel">See <see cref="KernelDistance"/>; unbiased.</param>
/// <param name="Vessels">Their vessels.</param>
/// <param name="Memorisation">Whether they are copies of training pictures; null where none are known, or these are the training pictures.</param>
/// <param name="Examples">The first of them.</param>
public sealed record SampleEvaluation(
    string Name,
    int Count,
    Estimate Frechet,
    Estimate Kernel,
    VesselSummary Vessels,
    Memorisation? Memorisation,
    IReadOnlyList<RgbImage> Examples);
