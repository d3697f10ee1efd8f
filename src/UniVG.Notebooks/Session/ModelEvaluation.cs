using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Evaluation.Vessels;
using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Session;

/// <summary>How well a model, with its adapter where one is attached, draws pictures like real ones.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Adapter">Kind and sizes of the adapter; null without one.</param>
/// <param name="Run">The run that trained the adapter; null where none did in this session.</param>
/// <param name="Step">How many steps it had been trained.</param>
/// <param name="Request">The samples that were drawn.</param>
/// <param name="Folder">The folder of real pictures.</param>
/// <param name="Samples">The samples: with the adapter, where one is attached.</param>
public sealed record ModelEvaluation(
    string Model, string? Adapter, FineTuningRun? Run, int Step, ImageRequest Request, string Folder, SampleEvaluation Samples)
{
    /// <summary>Samples of the same seeds without the adapter; null where they were not asked for.</summary>
    public SampleEvaluation? Base { get; init; }

    /// <summary>The training pictures against the real ones, about what samples without any fault would reach; null where they are not known.</summary>
    public SampleEvaluation? Training { get; init; }

    /// <summary>The vessels of the real pictures.</summary>
    public required VesselSummary RealVessels { get; init; }

    /// <summary>The number of real pictures.</summary>
    public required int RealCount { get; init; }

    /// <summary>The first real pictures.</summary>
    public required IReadOnlyList<RgbImage> RealExamples { get; init; }

    /// <summary>What lessens the figures' worth, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>One sentence that says that training pictures were memorised; null where nothing speaks for it.</summary>
    public string? MemorisationWarning => Samples.Memorisation is { IsFound: true } found
        ? (found.Copies > 0
            ? $"{found.Copies} of the {Samples.Count} samples are copies of training pictures"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{100 * found.Share.Value:0} % of the samples are as near to a training picture as only {100 * found.Quantile:0.#} % of the real pictures are"))
            + ": the adapter has memorised training pictures; look at the closest pairs, and train fewer steps or on more pictures."
        : null;
}
