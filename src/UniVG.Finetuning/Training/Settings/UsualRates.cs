using UniVG.Finetuning.Training.Optimizers;

namespace UniVG.Finetuning.Training.Settings;

/// <summary>The learning rates where only one of them, or none, is given.</summary>
public static class UsualRates
{
    // SD-Trainer's default rates are 1e-4 and 1e-5.
    private const double TextEncoderFraction = 10;

    /// <summary>Fills in the rates that are not given: the optimizer's own for the UNet, a tenth of that for the text encoder.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="given">The names of the settings that are given, such as <c>lr</c>.</param>
    public static TrainingConfig Fill(TrainingConfig config, IReadOnlyCollection<string> given)
    {
        var optimizer = KnownOptimizers.Find(config.Optimizer);
        if (!given.Contains("lr")) config = config with { LearningRate = optimizer.DefaultLearningRate };
        return given.Contains("text-lr")
            ? config
            : config with { TextEncoderLearningRate = optimizer.HasOneRate ? config.LearningRate : config.LearningRate / TextEncoderFraction };
    }
}
