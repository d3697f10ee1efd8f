namespace UniVG.Finetuning.Training.State;

/// <summary>
/// A run as it stood after a step: the file <c>state.json</c> of a state folder. Noise, timesteps, order, captions and dropout are drawn
/// from the run's seed and the step's number, so that no random state needs saving.
/// </summary>
public sealed record RunState
{
    /// <summary>The form of state folder that this version writes.</summary>
    public const int PresentFormat = 1;

    /// <summary>The form of the folder.</summary>
    public int Format { get; init; } = PresentFormat;

    /// <summary>What all states of one run share.</summary>
    public required Guid RunId { get; init; }

    /// <summary>When the run began (UTC).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When the state was saved (UTC).</summary>
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>Steps taken.</summary>
    public required int Step { get; init; }

    /// <summary>Steps planned; with the step, the position in the learning-rate schedule.</summary>
    public required int TotalSteps { get; init; }

    /// <summary>The epoch of the next step, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Steps of that epoch that are taken.</summary>
    public required int StepInEpoch { get; init; }

    /// <summary>Whether the adapter came from a file, so that its layers' sizes are those of the file.</summary>
    public bool AdapterIsFromFile { get; init; }

    /// <summary>The strength at which samples show the adapter; 1 unless it was loaded or set otherwise.</summary>
    public double AdapterScale { get; init; } = 1;

    /// <summary>What the run began with; training settings and adapters beside its own are those of the moment.</summary>
    public required RunOrigin Origin { get; init; }

    /// <summary>XXH128 of the folder's other files by name, lower-case hex; SHA-256 in states of earlier versions.</summary>
    public required IReadOnlyDictionary<string, string> Hashes { get; init; }
}
