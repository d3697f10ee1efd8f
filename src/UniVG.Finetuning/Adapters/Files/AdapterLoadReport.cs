using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>What was found in an adapter file.</summary>
/// <param name="Path">The file.</param>
/// <param name="Naming">In whose notation its tensors are named.</param>
/// <param name="Matched">Adapters that found their layer.</param>
/// <param name="Modules">Adapters in the file.</param>
/// <param name="Unmatched">Names of adapters without a layer, and of tensors that are no adapter's.</param>
/// <param name="Metadata">The file's metadata.</param>
public sealed record AdapterLoadReport(
    string Path, AdapterNaming Naming, int Matched, int Modules, IReadOnlyList<string> Unmatched, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>The type of most tensors.</summary>
    public required ScalarType Precision { get; init; }

    /// <summary>The architecture that the file was made for; null where nothing speaks against Stable Diffusion 1.x.</summary>
    public string? Foreign { get; init; }

    /// <summary>For example <c>matched 350 of 350 modules</c>.</summary>
    public override string ToString() => FormattableString.Invariant($"matched {Matched} of {Modules} modules");
}
