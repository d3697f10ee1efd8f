using System.Globalization;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Finetuning.Adapters;

/// <summary>The <c>key=value</c> texts of <c>network_args</c>, of kohya's networks.lora and of LyCORIS, in trainers' files and in adapters' metadata.</summary>
internal static class NetworkArguments
{
    /// <summary>The module of kohya's own LoRA.</summary>
    public const string KohyaModule = "networks.lora";

    /// <summary>The module of all LyCORIS methods.</summary>
    public const string LycorisModule = "lycoris.kohya";

    /// <summary>LyCORIS' name of the argument that names the method.</summary>
    public const string Algorithm = "algo";

    /// <summary>kohya's name of an argument that is a setting of the training here (LoRA+).</summary>
    public const string LoraPlusRatio = "loraplus_lr_ratio";

    private static readonly Argument[] Table =
    [
        new("conv_dim", (t, a) => a with { ConvDim = Whole(t) }, a => a.ConvDim > 0 || !a.IsKohya ? Text(a.ConvDim) : null),
        new("conv_alpha", (t, a) => a with { ConvAlpha = Number(t) }, a => a.ConvDim > 0 ? Text(a.ConvAlpha) : null),
        new("dropout", (t, a) => a with { Dropout = Number(t) }, a => Unless0(a.Dropout)),
        new("rank_dropout", (t, a) => a with { RankDropout = Number(t) }, a => Unless0(a.RankDropout)),
        new("module_dropout", (t, a) => a with { ModuleDropout = Number(t) }, a => Unless0(a.ModuleDropout)),
        new(Algorithm, (_, a) => a, a => a.IsKohya ? null : a.Kind == "lora" ? "locon" : a.Kind),

        // LyCORIS has no preset of kohya's layers; with convolutions, full is the same and four layers more.
        new("preset", Preset, a => a.IsKohya ? null : a.Targets == AdapterTargets.Lycoris || a.ConvDim > 0 ? "full" : "attn-mlp"),
        Switch("use_tucker", a => a.Tucker, (a, on) => a with { Tucker = on }),
        Switch("use_cp", _ => false, (a, on) => a with { Tucker = on }),
        Switch("use_conv_cp", _ => false, (a, on) => a with { Tucker = on }),
        Switch("dora_wd", a => a.WeightDecompose, (a, on) => a with { WeightDecompose = on }),
        Switch("wd_on_output", a => a.WeightDecompose, (a, _) => a), // magnitudes are always those of outputs here
        Switch("rs_lora", a => a.RankStabilized, (a, on) => a with { RankStabilized = on }),
        Blocks("block_dims", (t, b) => b with { Dims = List(t, Whole) }, b => b.Dims is { } all ? string.Join(',', all.Select(dim => Text(dim))) : null),
        Blocks("block_alphas", (t, b) => b with { Alphas = List(t, Number) }, b => b.Alphas is { } all ? string.Join(',', all.Select(Text)) : null),
        Blocks("conv_block_dims", (t, b) => b with { ConvDims = List(t, Whole) }, b => b.ConvDims is { } all ? string.Join(',', all.Select(dim => Text(dim))) : null),
        Blocks("conv_block_alphas", (t, b) => b with { ConvAlphas = List(t, Number) }, b => b.ConvAlphas is { } all ? string.Join(',', all.Select(Text)) : null),
    ];

    /// <summary>The module that makes an adapter.</summary>
    public static string ModuleOf(AdapterConfig adapter) => adapter.IsKohya ? KohyaModule : LycorisModule;

    /// <summary>Whether an argument is known for the adapter's method.</summary>
    public static bool IsKnown(string name, AdapterConfig adapter) => Find(name, adapter) is not null;

    /// <summary>Puts an argument into a configuration; one that is not known changes nothing.</summary>
    /// <exception cref="FormatException">The text is no value of it.</exception>
    /// <exception cref="OverflowException">The number is too large.</exception>
    /// <exception cref="UniVGException">The value is impossible.</exception>
    public static AdapterConfig Read(string name, string text, AdapterConfig adapter) => Find(name, adapter)?.Read(text, adapter) ?? adapter;

    /// <summary>The arguments with which kohya or LyCORIS makes the same network.</summary>
    public static IReadOnlyDictionary<string, string> Write(AdapterConfig adapter) => Table.Concat(Own(adapter))
        .Select(argument => KeyValuePair.Create(argument.Name, argument.Write(adapter)))
        .Where(argument => argument.Value is not null).ToDictionary(argument => argument.Key, argument => argument.Value!);

    private static Argument? Find(string name, AdapterConfig adapter) => Table.Concat(Own(adapter)).FirstOrDefault(argument => argument.Name == name);

    // What one method has and the others lack.
    private static IEnumerable<Argument> Own(AdapterConfig adapter) => KnownAdapters.Of(adapter.Kind).Options.Select(option => option.IsFlag
        ? Switch(option.Name, a => option.Get(a) != 0, (a, on) => option.With(a, on ? 1 : 0))
        : new Argument(option.Name, (t, a) => option.With(a, Whole(t)), a => Text(option.Get(a))));

    private static Argument Switch(string name, Func<AdapterConfig, bool> get, Func<AdapterConfig, bool, AdapterConfig> set) =>
        new(name, (text, adapter) => IsOn(text) ? set(adapter, true) : adapter, adapter => get(adapter) ? "True" : null);

    private static Argument Blocks(string name, Func<string, BlockSizes, BlockSizes> read, Func<BlockSizes, string?> write) =>
        new(name, (text, adapter) => adapter with { Blocks = read(text, adapter.Blocks ?? new BlockSizes()) }, adapter => adapter.Blocks is { } blocks ? write(blocks) : null);

    private static AdapterConfig Preset(string name, AdapterConfig adapter) => name switch
    {
        "full" => adapter with { Targets = AdapterTargets.Lycoris },
        "attn-mlp" => adapter with { Targets = AdapterTargets.Kohya, ConvDim = 0 },
        _ => throw new UniVGException($"network_args has preset={name}; it must be full or attn-mlp."),
    };

    // LyCORIS takes every text but "false" for true.
    private static bool IsOn(string text) => !text.Equals("false", StringComparison.OrdinalIgnoreCase);

    private static int Whole(string text) => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static IReadOnlyList<T> List<T>(string text, Func<string, T> read) => [.. text.Split(',', StringSplitOptions.TrimEntries).Select(read)];

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Unless0(double value) => value == 0 ? null : Text(value);

    private sealed record Argument(string Name, Func<string, AdapterConfig, AdapterConfig> Read, Func<AdapterConfig, string?> Write);
}
