using UniVG.Diffusion;

namespace UniVG.Finetuning.Training.State;

/// <summary>When a run saves itself, and how many states it keeps.</summary>
public sealed record SaveSchedule
{
    /// <summary>Saves adapter and state each so many steps; 0 does not (kohya's save_every_n_steps, save_state).</summary>
    public int EverySteps { get; init; }

    /// <summary>Saves adapter and state each so many epochs, the last one left out, as in kohya; 0 does not (save_every_n_epochs, save_state).</summary>
    public int EveryEpochs { get; init; }

    /// <summary>Saves the state where so many minutes went by without one, so that a crash costs no more; 0 does not.</summary>
    public double StateMinutes { get; init; } = 10;

    /// <summary>How many of the run's states are kept, the newest ones; 0 keeps all. Adapters are all kept.</summary>
    public int KeepStates { get; init; } = 2;

    /// <summary>Whether adapter and state are due after a step because of its number.</summary>
    public bool IsDueAtStep(int step) => EverySteps > 0 && step % EverySteps == 0;

    /// <summary>The epoch that a step ends and after which adapter and state are due; null otherwise.</summary>
    /// <param name="step">The step's number, from 1.</param>
    /// <param name="stepsPerEpoch">Steps of an epoch.</param>
    /// <param name="totalSteps">Steps of the run.</param>
    public int? EpochDueAt(int step, int stepsPerEpoch, int totalSteps)
    {
        if (EveryEpochs == 0 || step % stepsPerEpoch != 0 || step >= totalSteps) return null;
        var epoch = step / stepsPerEpoch;
        return epoch % EveryEpochs == 0 ? epoch : null;
    }

    /// <summary>How many adapters the schedule makes in a run, the finished one included.</summary>
    public int CountAdapters(int stepsPerEpoch, int totalSteps) =>
        1 + (EverySteps > 0 ? totalSteps / EverySteps : 0) + (EveryEpochs > 0 ? (totalSteps - 1) / stepsPerEpoch / EveryEpochs : 0);

    /// <summary>Checks the values.</summary>
    /// <exception cref="UniVGException">The first value out of range.</exception>
    public void Validate()
    {
        if (EverySteps < 0) throw new UniVGException($"--save-every is {EverySteps}; it must be 0 or above.");
        if (EveryEpochs < 0) throw new UniVGException($"--save-every-epochs is {EveryEpochs}; it must be 0 or above.");
        if (KeepStates < 0) throw new UniVGException($"--keep-states is {KeepStates}; it must be 0 (all) or above.");
        if (!(StateMinutes >= 0)) throw new UniVGException($"--state-minutes is {StateMinutes}; it must be 0 (never) or above.");
    }
}
