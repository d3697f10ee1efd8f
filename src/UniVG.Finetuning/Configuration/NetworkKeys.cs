using System.Globalization;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Settings;

namespace UniVG.Finetuning.Configuration;

/// <summary>Keys that say which adapter to train.</summary>
internal static class NetworkKeys
{
    /// <summary>The keys; the module comes first, as it decides what the others mean.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        new("network_module", (v, d) => d with { Adapter = Begin(v) }, d => d.Adapter is { } adapter ? NetworkArguments.ModuleOf(adapter) : null),
        Network("network_dim", (v, a) => a with { Dim = v.Whole() }, a => a.Dim),
        Network("network_alpha", (v, a) => a with { Alpha = v.Number() }, a => a.Alpha),
        Network("network_dropout", (v, a) => a with { Dropout = v.Number() }, a => a.Dropout == 0 ? null : a.Dropout),
        Network("network_train_unet_only", (v, a) => a with { TextEncoder = !v.Flag() }, a => !a.TextEncoder),
        new("base_weights", (v, d) => d with { Beside = [.. v.Texts().Select(path => new BesideAdapter(path, 1))] },
            d => d.Beside.Count == 0 ? null : (string[])[.. d.Beside.Select(beside => beside.Path)]),
        new("base_weights_multiplier", (v, d) => d with { Beside = [.. d.Beside.Select((beside, i) => v.Numbers() is { } scales && i < scales.Count ? beside with { Scale = scales[i] } : beside)] },
            d => d.Beside.Count == 0 ? null : (double[])[.. d.Beside.Select(beside => beside.Scale)]),
        new("network_args", ReadArguments, d => d.Adapter is { } adapter && WriteArguments(adapter, d.Training) is { Count: > 0 } arguments ? arguments : null),

        // What LyCORIS has no preset for.
        Network("univg_targets", (v, a) => a with { Targets = Targets(v) }, a => a is { IsKohya: false, Targets: AdapterTargets.Kohya, ConvDim: > 0 } ? "kohya" : null),
    ];

    /// <summary>Fills in what the network's module takes from network_dim and network_alpha where its arguments say nothing.</summary>
    public static RunDefinition Complete(RunDefinition definition, IReadOnlyDictionary<string, TomlSection> keys)
    {
        if (definition.Adapter is not { } adapter) return definition;
        var given = keys.TryGetValue("network_args", out var section)
            ? new ConfigValue(section, "network_args", keys).Pairs().Select(pair => pair.Key).ToHashSet()
            : [];
        var isLycoris = new ConfigValue(keys["network_module"], "network_module", keys).Text() == NetworkArguments.LycorisModule;
        if (isLycoris && adapter.ConvDim < 0) adapter = adapter with { ConvDim = adapter.Dim };
        if (isLycoris && !given.Contains("conv_alpha")) adapter = adapter with { ConvAlpha = adapter.Alpha };
        return definition with { Adapter = adapter };
    }

    /// <summary>The arguments of a file that are not known and not off, as they stand there.</summary>
    public static IEnumerable<string> UnknownArguments(ConfigValue value, AdapterConfig adapter) => value.Pairs()
        .Where(pair => !NetworkArguments.IsKnown(pair.Key, adapter) && pair.Key != NetworkArguments.LoraPlusRatio && pair.Value.ToUpperInvariant() is not ("FALSE" or "0" or "NONE" or ""))
        .Select(pair => $"network_args {pair.Key}={pair.Value}");

    private static ConfigKey Network(string name, Func<ConfigValue, AdapterConfig, AdapterConfig> read, Func<AdapterConfig, object?> write) => new(
        name,
        (v, d) => d with { Adapter = read(v, d.Adapter ?? throw NoModule(v)) },
        d => d.Adapter is { } adapter ? write(adapter) : null);

    private static AdapterTargets Targets(ConfigValue value) => value.Text() switch
    {
        "kohya" => AdapterTargets.Kohya,
        "lycoris" => AdapterTargets.Lycoris,
        var other => throw value.Error($"is \"{other}\"; it must be kohya or lycoris"),
    };

    private static RunDefinition ReadArguments(ConfigValue value, RunDefinition definition)
    {
        if (definition.Adapter is not { } adapter) throw NoModule(value);
        foreach (var (name, text) in value.Pairs())
        {
            try
            {
                adapter = NetworkArguments.Read(name, text, adapter);
            }
            catch (Exception e) when (e is FormatException or OverflowException)
            {
                throw value.Error($"has {name}={text}, which cannot be read; write it as kohya and LyCORIS do, such as conv_dim=4");
            }
        }

        definition = definition with { Adapter = adapter };
        return value.Pairs().LastOrDefault(pair => pair.Key == NetworkArguments.LoraPlusRatio).Value is { } ratio
            ? definition with { Training = value.Checked(() => TrainingSettings.Find(NetworkArguments.LoraPlusRatio).Write(definition.Training, ratio)) }
            : definition;
    }

    private static IReadOnlyList<string> WriteArguments(AdapterConfig adapter, TrainingConfig training) =>
        [.. NetworkArguments.Write(adapter).Select(argument => $"{argument.Key}={argument.Value}"), .. training.LoraPlusRatio is { } ratio ? [FormattableString.Invariant($"{NetworkArguments.LoraPlusRatio}={ratio}")] : (string[])[]];

    private static UniVGException NoModule(ConfigValue value) =>
        value.Error($"needs network_module; add network_module = \"{NetworkArguments.KohyaModule}\" or \"{NetworkArguments.LycorisModule}\"");

    private static AdapterConfig Begin(ConfigValue module)
    {
        switch (module.Text())
        {
            case NetworkArguments.KohyaModule:
                return KohyaDefaults.Network;
            case NetworkArguments.LycorisModule:
                var algorithm = module.Other("network_args")?.Pairs().LastOrDefault(pair => pair.Key == NetworkArguments.Algorithm).Value ?? "lora";
                var kind = algorithm is "locon" ? "lora" : algorithm;
                var method = KnownAdapters.Methods.FirstOrDefault(m => m.Kind == kind)
                    ?? throw module.Error($"has algo={algorithm}; it must be locon, {string.Join(", ", KnownAdapters.Methods.Select(m => m.Kind))}");
                var kohya = KohyaDefaults.Network;

                // The convolutions' dim follows from network_dim, which is read later.
                return method.Defaults() with { Dim = kohya.Dim, Alpha = kohya.Alpha, ConvDim = -1, ConvAlpha = kohya.ConvAlpha, Targets = AdapterTargets.Lycoris };
            default:
                throw module.Error(string.Create(
                    CultureInfo.InvariantCulture, $"is \"{module.Text()}\"; it must be {NetworkArguments.KohyaModule} (LoRA) or {NetworkArguments.LycorisModule} (LoRA, LoHA, LoKr)"));
        }
    }
}
