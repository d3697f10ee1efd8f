using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Training.Optimizers;

namespace UniVG.Finetuning.Training;

/// <summary>What a user should hear of a run's settings, a sentence each.</summary>
public static class RunAdvice
{
    // Prodigy multiplies the rate it finds by the given one.
    private const double LowFactor = 0.1;
    private const double HighRate = 1e-3;

    /// <summary>Advice on settings that do not suit each other; nothing where they do.</summary>
    public static IEnumerable<string> BeforeTraining(FineTuningRun run)
    {
        var config = run.Config;
        if (run.Optimizer.IgnoresGivenRate)
            yield return $"{config.Optimizer} sets its own rates; --lr and --scheduler have no effect, unless --optimizer-args relative_step=False.";
        var optimizer = KnownOptimizers.Find(config.Optimizer);
        if (!optimizer.HasOneRate && !run.Optimizer.IgnoresGivenRate && config.LearningRate > HighRate)
            yield return FormattableString.Invariant($"A learning rate of {config.LearningRate} often ends in noise or not-a-number; 1e-4 is usual, 1e-3 the highest advisable.");
        if (optimizer.HasOneRate && config.LearningRate <= LowFactor)
            yield return string.Create(CultureInfo.InvariantCulture, $"{config.Optimizer} finds the learning rate itself and multiplies it by --lr; {config.LearningRate} is low, 1 is usual.");
        if (ComputeThreads.Advice is { } threads) yield return threads;
        if (config.VParameterization)
            yield return "Samples are drawn as if the model predicted noise; with --v-parameterization they do not show what it learns.";
        if (config.ZeroTerminalSnr && !config.VParameterization)
            yield return "--zero-terminal-snr asks for noise where nothing else is left to see; it is meant for --v-parameterization.";
    }

    /// <summary>What happened when loss or gradients are no longer numbers, and what to change.</summary>
    /// <param name="run">The run.</param>
    /// <param name="isRepeated">Whether it happened in this very step before, with other settings.</param>
    public static string AfterNotANumber(FineTuningRun run, bool isRepeated)
    {
        if (isRepeated)
        {
            return $"The loss is no number in step {run.Step + 1} again, so that the steps before have spoilt the adapter itself; " +
                $"resume an earlier state where there is one, or begin again with '#!univg {run.Adapter.Config.Kind}' and a lower --lr.";
        }

        var rate = run.Config.LearningRate;
        List<string> changes = [$"a lower --lr than {NumberText.Exact(rate)} ('#!univg set lr={NumberText.Rounded(rate / 10)}' goes on with this run)"];
        if (run.Config.MaxGradientNorm == 0) changes.Add("clipping (--max-grad-norm 1)");
        if (run.LossScaler is not null) changes.Add("a model in another precision (--precision bf16 or fp32)");
        return $"The loss is no longer a number in step {run.Step + 1}, and the adapter is left as it was after step {run.Step}; try {string.Join(", or ", changes)}.";
    }

    /// <summary>What it means that libtorch failed in the middle of an update.</summary>
    /// <param name="run">The run.</param>
    /// <param name="why">What failed, where that is to be told.</param>
    public static string AfterHalfAStep(FineTuningRun run, Exception? why = null)
    {
        var reason = why is null ? "" : $" ({DeviceFailure.FirstLine(why)})";
        return $"Step {run.Step + 1} failed while it changed the adapter{reason}, and some of its tensors are a step ahead of others, so that the run cannot go on from here; " +
            $"take up its newest state with '#!univg resume', or begin again with '#!univg {run.Adapter.Config.Kind}'.";
    }
}
