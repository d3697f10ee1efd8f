using System.Globalization;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows an adapter.</summary>
public static class AdapterCard
{
    /// <summary>Kind, sizes and reach.</summary>
    public static Card Of(AdapterNetwork adapter) => adapter.IsDisposed ? new(Title(adapter.Config)) { Notes = ["It was detached, so its weights are gone."] } : new(Title(adapter.Config))
    {
        Facts =
        [
            new("modules", FormattableString.Invariant($"{adapter.Adapters.Count} ({adapter.UNet.Count()} UNet, {adapter.TextEncoder.Count()} text encoder)")),
            new("parameters", FormattableString.Invariant($"{adapter.ParameterCount:N0}")),
            new("file", $"{DisplayFormat.Bytes(adapter.ParameterCount * 2)} in fp16"),
            new("targets", Targets(adapter.Config)),
            .. adapter.Multiplier == 1 ? Array.Empty<KeyValuePair<string, string>>() : [new("scale", Text(adapter.Multiplier))],
        ],
        Notes = adapter.LoadReport is { } report ? [$"{report}."] : [],
    };

    /// <summary>All adapters that act in a session, with their strengths.</summary>
    public static Card Of(SessionAdapters adapters) => new("Adapters")
    {
        Tables =
        [
            new Table(
                [new("name"), new("adapter"), new("scale", true), new("part in a run"), new("file")],
                [.. adapters.Select(a => new[] { a.Name, Title(a.Network.Config), Text(a.Scale), a.IsOwn ? "trained and saved" : "frozen", a.Path is { } path ? Path.GetFileName(path) : "" })]),
        ],
        Notes = adapters.Count == 0 ? ["None is attached; '#!univg lora' or '#!univg load FILE' attaches one."] : [],
    };

    /// <summary>For example <c>LoRA dim 32, alpha 16, conv 32/16</c>.</summary>
    public static string Title(AdapterConfig config)
    {
        var name = KnownAdapters.Of(config.Kind).Title + (config.WeightDecompose ? " (DoRA)" : "");
        var convolution = config.ConvDim > 0 ? FormattableString.Invariant($"conv {config.ConvDim}/{config.ConvAlpha:0.####}") : "no conv";
        return FormattableString.Invariant($"{name} dim {config.Dim}, alpha {config.Alpha:0.####}, {convolution}");
    }

    /// <summary>The set of layers in words.</summary>
    public static string Targets(AdapterConfig config) => config.Targets == AdapterTargets.Kohya ? "kohya's layers" : "LyCORIS' full preset";

    private static string Text(double scale) => scale.ToString("0.####", CultureInfo.InvariantCulture);
}
