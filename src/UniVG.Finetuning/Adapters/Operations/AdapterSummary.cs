using UniVG.Finetuning.Adapters.Files;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>What an adapter is.</summary>
public sealed record AdapterSummary
{
    /// <summary>The file; null for one that is in none.</summary>
    public required string? Path { get; init; }

    /// <summary>Its method and the sizes that most of its layers have.</summary>
    public required AdapterConfig Config { get; init; }

    /// <summary>In whose notation the file is.</summary>
    public required AdapterNaming Naming { get; init; }

    /// <summary>The type of most tensors in the file; null without file.</summary>
    public required ScalarType? Precision { get; init; }

    /// <summary>Another architecture than Stable Diffusion 1.x that the file seems to be made for; null where it is that.</summary>
    public string? Foreign { get; init; }

    /// <summary>Dims and alphas, with how many layers have them; the most frequent first.</summary>
    public required IReadOnlyList<(int Dim, double Alpha, int Modules)> Sizes { get; init; }

    /// <summary>Adapted layers of the UNet.</summary>
    public required int UNetModules { get; init; }

    /// <summary>Adapted layers of the text encoder.</summary>
    public required int TextEncoderModules { get; init; }

    /// <summary>The number of scalars.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>The file's metadata.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Words that call what was learnt, the most frequent first, as the metadata tells; empty where it does not.</summary>
    public required IReadOnlyList<string> TriggerWords { get; init; }

    /// <summary>How large each layer's change is.</summary>
    public required IReadOnlyList<ChangeNorm> Norms { get; init; }
}
