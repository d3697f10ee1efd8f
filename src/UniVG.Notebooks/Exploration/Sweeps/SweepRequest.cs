using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Exploration.Sweeps;

/// <summary>What a sweep tries, and where it keeps its runs.</summary>
public sealed record SweepRequest
{
    /// <summary>The folder below the output folder where nothing else is asked for.</summary>
    public const string DefaultName = "sweep";

    /// <summary>Settings with the values to try, all combinations of them; one with a single value holds for all runs.</summary>
    public IReadOnlyList<SweepAxis> Grid { get; init; } = [];

    /// <summary>Runs one by one, each as <c>dim=4 alpha=2 lr=1e-3</c>; with a <see cref="Grid"/> too, each is tried with all of its combinations.</summary>
    public IReadOnlyList<string> Runs { get; init; } = [];

    /// <summary>The adapter that the settings change; null takes that of the applied configuration, else the guide's LoRA.</summary>
    public AdapterConfig? Adapter { get; init; }

    /// <summary>
    /// The training that the settings change; null takes that of the applied configuration, else the guide's, with the text encoder's rate a
    /// tenth of the UNet's.
    /// </summary>
    public TrainingConfig? Training { get; init; }

    /// <summary>When runs save themselves; null for the default.</summary>
    public SaveSchedule? Saves { get; init; }

    /// <summary>The folder with a sub-folder a run.</summary>
    public string Folder { get; init; } = Path.Combine(AdapterOutput.DefaultFolder, DefaultName);

    /// <summary>Whether runs of these names that the folder holds are trained anew.</summary>
    public bool Overwrite { get; init; }

    /// <summary>A folder of real pictures to measure each run's samples by; null does not.</summary>
    public string? Real { get; init; }

    /// <summary>What to draw for that; null for the default of <see cref="EvaluationRequest"/>.</summary>
    public EvaluationRequest? Evaluation { get; init; }

    /// <summary>By what the best run is found; null takes the distance where it is measured, else the validation loss where images are held out, else the training loss.</summary>
    public SweepCriterion? Criterion { get; init; }
}
