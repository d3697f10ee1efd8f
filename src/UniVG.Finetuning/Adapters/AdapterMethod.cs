using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>What there is to know about a method of adapting a layer: its names, how to start it, and how to read it from a file.</summary>
/// <param name="Kind">The name that commands and files use: <c>lora</c>.</param>
/// <param name="Title">The name that people use: LoRA.</param>
/// <param name="Suffixes">All names its tensors have in files.</param>
/// <param name="TuckerSuffix">That of them which only its Tucker form has.</param>
public sealed record AdapterMethod(string Kind, string Title, IReadOnlyList<string> Suffixes, string TuckerSuffix)
{
    /// <summary>What its command does, a sentence for help.</summary>
    public required string Description { get; init; }

    /// <summary>The default configuration.</summary>
    public required Func<AdapterConfig> Defaults { get; init; }

    /// <summary>Makes a freshly initialised adapter of a layer.</summary>
    public required Func<AdapterConfig, AdapterTarget, Generator, Adapter> Create { get; init; }

    /// <summary>The rank that a file's tensors have; 0 where they cannot be used.</summary>
    public required Func<AdapterTensors, int> Rank { get; init; }

    /// <summary>The sizes of the ΔW that a file's tensors make, a convolution's kernel counted with the columns; 0 where they do not tell.</summary>
    public required Func<AdapterTensors, (long Rows, long Columns)> Size { get; init; }

    /// <summary>Makes an adapter of a file's tensors.</summary>
    public required Func<AdapterTarget, AdapterTensors, Adapter> Read { get; init; }

    /// <summary>The highest rank that ΔW can have at a dim; null where the dim does not bound it.</summary>
    public Func<int, long>? ReachableRank { get; init; }

    /// <summary>Settings of its own.</summary>
    public IReadOnlyList<AdapterOption> Options { get; init; } = [];

    /// <summary>Finds the method's own settings in what was read from a file; null where it has none.</summary>
    public Func<AdapterConfig, IReadOnlyList<Adapter>, AdapterConfig>? Describe { get; init; }

    /// <summary>Which widely used tools cannot read its files, as the subject of a sentence; null where all can.</summary>
    public string? NotReadBy { get; init; }
}
