using TorchSharp;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>The types of tensors in files, by the names that options use.</summary>
public static class AdapterPrecisions
{
    /// <summary>All types.</summary>
    public static IReadOnlyDictionary<string, torch.ScalarType> ByName { get; } = new Dictionary<string, torch.ScalarType>
    {
        ["fp16"] = torch.ScalarType.Float16,
        ["bf16"] = torch.ScalarType.BFloat16,
        ["fp32"] = torch.ScalarType.Float32,
    };

    /// <summary>The type of a name; null for none.</summary>
    public static torch.ScalarType? Of(string? name) => name is null ? null : ByName[name];
}
