using System.Globalization;
using UniVG.Diffusion;
using UniVG.Finetuning.Evaluation.Vessels;

namespace UniVG.Finetuning.Evaluation;

/// <summary>How pictures are compared.</summary>
public sealed record EvaluationOptions
{
    /// <summary>The part of the held-out pictures that may be nearer to a training picture than the threshold of memorising. Default 0.05.</summary>
    public double MemorisationQuantile { get; init; } = 0.05;

    /// <summary>Replicates of the bootstrap behind each interval. Default 200.</summary>
    public int Replicates { get; init; } = 200;

    /// <summary>Pixels on a side at which vessels are measured. Default 128; take the samples' own side, between 128 and 256.</summary>
    public int VesselSide { get; init; } = 128;

    /// <summary>Checks every option.</summary>
    /// <exception cref="UniVGException">An option is impossible.</exception>
    public void Validate()
    {
        if (!(MemorisationQuantile is > 0 and < 0.5))
        {
            throw new UniVGException(string.Create(
                CultureInfo.InvariantCulture, $"The quantile of memorising is {MemorisationQuantile}; it must be above 0 and below 0.5, usually 0.05."));
        }

        if (Replicates is < 20 or > 100_000) throw new UniVGException($"{Replicates} replicates of the bootstrap are impossible; use 20 to 100000.");
        if (VesselSide is < 16 or > VesselFigures.LargestSide)
            throw new UniVGException($"Vessels cannot be measured at {VesselSide} pixels; use 16 to {VesselFigures.LargestSide}.");
    }
}
