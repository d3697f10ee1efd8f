using UniVG.Diffusion;
using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Evaluation.Vessels;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Tests.Displays.Evaluation;

/// <summary>Evaluations made up by hand.</summary>
internal static class Evaluations
{
    public static ModelEvaluation Of(int step = 100, double kernel = 3, bool withBase = true, double memorised = 0.02, int copies = 0, double chance = 0.5) => new(
        "univg-tiny", "LoRA dim 32, alpha 16, conv 32/16", Run: null, step, new ImageRequest { Prompt = "modality <1>", Count = 32 }, "held-out",
        Set("with adapter", kernel, memorised, copies, chance))
    {
        Base = withBase ? Set("without adapter", 40, memorised: 0) : null,
        Training = Set("training pictures", -0.1, memorised: null),
        RealVessels = Vessels,
        RealCount = 48,
        RealExamples = [.. Enumerable.Range(0, 8).Select(i => TestPictures.Of(128, 128, i))],
        Warnings = ["broken.png was left out: no picture."],
    };

    private static VesselSummary Vessels => new(
        new Estimate(0.15, 0.14, 0.16), new Estimate(0.02, 0.019, 0.021), new Estimate(9.6, 8, 11), [.. Enumerable.Repeat(1.0 / VesselSummary.Bins, VesselSummary.Bins)]);

    private static SampleEvaluation Set(string name, double kernel, double? memorised, int copies = 0, double chance = 1) => new(
        name, 32, new Estimate(12.34, 10, 15), new Estimate(kernel, kernel - 1, kernel + 1), Vessels,
        memorised is { } share
            ? new Memorisation(new Estimate(share, share - 0.01, share + 0.01), copies, 0.31, 0.05, chance, 0.5, 0.6, [.. Enumerable.Range(0, 8).Select(Pair)])
            : null,
        [.. Enumerable.Range(0, 8).Select(i => TestPictures.Of(64, 64, i + 20))]);

    private static ClosestPair Pair(int i) => new(TestPictures.Of(64, 64, i), i, TestPictures.Of(256, 256, i), i, 0.2 + (0.1 * i));
}
