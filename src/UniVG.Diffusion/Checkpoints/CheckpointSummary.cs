using System.Globalization;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>What a file or a folder of tensors holds, told without reading the weights.</summary>
public sealed record CheckpointSummary
{
    /// <summary>The file or folder.</summary>
    public required string Path { get; init; }

    /// <summary>What it is.</summary>
    public required CheckpointKind Kind { get; init; }

    /// <summary>How it is written: safetensors, PyTorch zip, PyTorch legacy, diffusers folder.</summary>
    public required string Format { get; init; }

    /// <summary>The bytes of all files with tensors.</summary>
    public required long FileBytes { get; init; }

    /// <summary>The number of tensors.</summary>
    public required int TensorCount { get; init; }

    /// <summary>The number of scalars in all tensors.</summary>
    public required long ParameterCount { get; init; }

    /// <summary>Scalars by the first part of the tensors' names (or by folder), the largest first.</summary>
    public required IReadOnlyList<KeyValuePair<string, long>> Groups { get; init; }

    /// <summary>Scalars by type, the most frequent first.</summary>
    public required IReadOnlyList<KeyValuePair<ScalarType, long>> DTypes { get; init; }

    /// <summary>The noise schedule's buffers; null where there are none.</summary>
    public ScheduleBuffers? Schedule { get; init; }

    /// <summary>The text attached to the file: kohya's <c>ss_*</c> entries, the progress of a training run.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    /// <summary>Python classes that a PyTorch file names and that were left alone.</summary>
    public IReadOnlyCollection<string> ForeignTypes { get; init; } = [];

    /// <summary>The summary as a few lines of text.</summary>
    public override string ToString()
    {
        var culture = CultureInfo.InvariantCulture;
        var types = string.Join(", ", DTypes.Select(d => $"{d.Key} {d.Value}"));
        List<string> lines =
        [
            string.Create(culture, $"{Path}: {Kind}, {Format}, {FileBytes / 1e6:N1} MB"),
            string.Create(culture, $"{TensorCount:N0} tensors, {ParameterCount:N0} parameters ({types})"),
            .. Groups.Select(g => string.Create(culture, $"  {g.Key}: {g.Value:N0}")),
        ];
        if (Schedule?.Betas is { } betas)
        {
            lines.Add(string.Create(culture, $"noise schedule: {betas.Count} steps, beta {betas[0]:g4} to {betas[^1]:g4}"));
        }

        if (ForeignTypes.Count > 0) lines.Add($"left alone: {CheckpointLoadReport.FirstFew(ForeignTypes)}");
        if (Metadata.Count > 0) lines.Add($"metadata: {string.Join(", ", Metadata.Keys.Order(StringComparer.Ordinal))}");
        return string.Join('\n', lines);
    }
}
