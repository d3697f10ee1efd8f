using System.Globalization;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Adapters.Settings;

/// <summary>The settings that all kinds of adapters share. Kind comes first: another one brings its own sizes.</summary>
public static class AdapterSettings
{
    /// <summary>The settings.</summary>
    public static IReadOnlyList<AdapterSetting> All { get; } =
    [
        new("adapter", $"one of {string.Join(", ", KnownAdapters.Methods.Select(m => m.Kind))}", c => c.Kind,
            (c, text) => text == c.Kind ? c : KnownAdapters.Methods.FirstOrDefault(m => m.Kind == text)?.Defaults()),
        Whole("dim", "a whole number, the rank of Linear and 1×1 layers", c => c.Dim, (c, v) => c with { Dim = v }),
        Number("alpha", "a number; layers are scaled by alpha / dim", c => c.Alpha, (c, v) => c with { Alpha = v }),
        Whole("conv-dim", "a whole number, the rank of k×k convolutions, 0 to leave them alone", c => c.ConvDim, (c, v) => c with { ConvDim = v }),
        Number("conv-alpha", "a number; k×k convolutions are scaled by it / conv-dim", c => c.ConvAlpha, (c, v) => c with { ConvAlpha = v }),
        Flag("text-encoder", c => c.TextEncoder, (c, v) => c with { TextEncoder = v }),
        Flag("tucker", c => c.Tucker, (c, v) => c with { Tucker = v }),
        Flag("dora", c => c.WeightDecompose, (c, v) => c with { WeightDecompose = v }),
        Flag("rank-stabilized", c => c.RankStabilized, (c, v) => c with { RankStabilized = v }),
        Number("dropout", "a chance from 0 to below 1", c => c.Dropout, (c, v) => c with { Dropout = v }),
        Number("rank-dropout", "a chance from 0 to below 1", c => c.RankDropout, (c, v) => c with { RankDropout = v }),
        Number("module-dropout", "a chance from 0 to below 1", c => c.ModuleDropout, (c, v) => c with { ModuleDropout = v }),
    ];

    private static AdapterSetting Whole(string name, string meaning, Func<AdapterConfig, int> read, Func<AdapterConfig, int, AdapterConfig> write) => new(
        name, meaning, c => read(c).ToString(CultureInfo.InvariantCulture),
        (c, text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? write(c, value) : null);

    private static AdapterSetting Number(string name, string meaning, Func<AdapterConfig, double> read, Func<AdapterConfig, double, AdapterConfig> write) => new(
        name, meaning, c => NumberText.Exact(read(c)),
        (c, text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? write(c, value) : null);

    private static AdapterSetting Flag(string name, Func<AdapterConfig, bool> read, Func<AdapterConfig, bool, AdapterConfig> write) => new(
        name, "true or false", c => read(c) ? "true" : "false", (c, text) => bool.TryParse(text, out var value) ? write(c, value) : null);
}
