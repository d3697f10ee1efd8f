using UniVG.Diffusion;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Training;

/// <summary>
/// Which batches a step has. As in kohya a step is one update of the optimizer, an epoch's batches are shared out over its steps, and the
/// last one may get fewer. Everything follows from seed and step, so a resumed run goes on with the very batches it would have had.
/// </summary>
internal sealed class RunPlan
{
    private const int MaxSteps = 100_000_000;

    private readonly FineTuningDataset _dataset;
    private readonly TrainingConfig _config;
    private (int Epoch, IReadOnlyList<DatasetBatch> Batches) _present;

    /// <summary>Plans a run.</summary>
    /// <exception cref="UniVGException">The configuration is impossible, or the run would never end.</exception>
    public RunPlan(FineTuningDataset dataset, TrainingConfig config)
    {
        config.Validate();
        (_dataset, _config) = (dataset, config);
        StepsPerEpoch = (EpochPlan.CountBatches(dataset, config.BatchSize) + config.GradientAccumulationSteps - 1) / config.GradientAccumulationSteps;
        var total = config.Epochs is { } epochs ? (long)epochs * StepsPerEpoch : config.Steps;
        TotalSteps = total <= MaxSteps ? (int)total : throw new UniVGException(
            $"The run would take {total} steps; at most {MaxSteps} can be planned, so lower --epochs, --steps or the folders' repeats.");
    }

    /// <summary>Steps of one pass over the dataset.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Steps of the whole run.</summary>
    public int TotalSteps { get; }

    /// <summary>The epoch, from 1, of a step, from 0.</summary>
    public int EpochOf(int step) => (step / StepsPerEpoch) + 1;

    /// <summary>The batches of a step, from 0.</summary>
    public IEnumerable<DatasetBatch> BatchesOf(int step) =>
        BatchesOfEpoch(EpochOf(step)).Skip(step % StepsPerEpoch * _config.GradientAccumulationSteps).Take(_config.GradientAccumulationSteps);

    /// <summary>All batches of an epoch, from 1, in order; those of the last one asked for are remembered.</summary>
    public IReadOnlyList<DatasetBatch> BatchesOfEpoch(int epoch)
    {
        if (_present.Epoch != epoch)
            _present = (epoch, EpochPlan.Create(_dataset, unchecked((int)StepSeed.Of(_config.Seed, -epoch)), epoch, _config.BatchSize));
        return _present.Batches;
    }
}
