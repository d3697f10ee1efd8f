using UniVG.Finetuning.Adapters;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows an adapter.</summary>
public static class AdapterCard
{
    /// <summary>Kind, sizes and reach.</summary>
    public static Card Of(AdapterNetwork adapter) => new(Title(adapter))
    {
        Facts =
        [
            new("modules", FormattableString.Invariant($"{adapter.Adapters.Count} ({adapter.UNet.Count()} UNet, {adapter.TextEncoder.Count()} text encoder)")),
            new("parameters", FormattableString.Invariant($"{adapter.ParameterCount:N0}")),
            new("file", $"{DisplayFormat.Bytes(adapter.ParameterCount * 2)} in fp16"),
            new("targets", adapter.Config.Targets == AdapterTargets.Kohya ? "kohya's layers" : "LyCORIS' full preset"),
        ],
    };

    /// <summary>For example <c>LoRA dim 32, alpha 16, conv 32/16</c>.</summary>
    public static string Title(AdapterNetwork adapter) => Title(adapter.Config);

    /// <summary>For example <c>LoRA dim 32, alpha 16, conv 32/16</c>.</summary>
    public static string Title(AdapterConfig config)
    {
        var name = KnownAdapters.Of(config.Kind).Title;
        var convolution = config.ConvDim > 0 ? FormattableString.Invariant($"conv {config.ConvDim}/{config.ConvAlpha}") : "no conv";
        return FormattableString.Invariant($"{name} dim {config.Dim}, alpha {config.Alpha}, {convolution}");
    }
}
