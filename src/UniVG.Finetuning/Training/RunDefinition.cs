using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Training.Logs;
using UniVG.Finetuning.Training.State;

namespace UniVG.Finetuning.Training;

/// <summary>
/// Everything that decides what a run does: with it, the same files and the same machine, the run can be repeated. A configuration
/// file that leaves things open has null there.
/// </summary>
public sealed record RunDefinition
{
    /// <summary>The base model's file or folder, or <see cref="ModelLoader.TinyName"/>; null where it is left open.</summary>
    public string? ModelPath { get; init; }

    /// <summary>How the model is loaded.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>The dataset's folder; null where it is left open.</summary>
    public string? DatasetPath { get; init; }

    /// <summary>How the dataset is read; null where it is left open.</summary>
    public DatasetOptions? Dataset { get; init; }

    /// <summary>The adapter; null where it is left open.</summary>
    public AdapterConfig? Adapter { get; init; }

    /// <summary>What the adapter's start is drawn from.</summary>
    public long AdapterSeed { get; init; } = 1337;

    /// <summary>Adapters that act beside it and are not trained.</summary>
    public IReadOnlyList<BesideAdapter> Beside { get; init; } = [];

    /// <summary>How to train.</summary>
    public TrainingConfig Training { get; init; } = new();

    /// <summary>Where the finished adapter goes; null where it is left open.</summary>
    public RunFiles? Files { get; init; }

    /// <summary>Whether files of an earlier run of that name may be replaced.</summary>
    public bool Overwrite { get; init; }

    /// <summary>The type of the tensors in adapter files: <c>fp16</c>, <c>bf16</c> or <c>fp32</c>.</summary>
    public string SavePrecision { get; init; } = "fp16";

    /// <summary>When the run saves itself.</summary>
    public SaveSchedule Saves { get; init; } = new();

    /// <summary>Which logs it writes.</summary>
    public LogOptions Logs { get; init; } = new();
}
