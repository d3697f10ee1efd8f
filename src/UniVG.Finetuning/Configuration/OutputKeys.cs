using UniVG.Finetuning.Training.State;

namespace UniVG.Finetuning.Configuration;

/// <summary>Keys that say what is written, when, and where.</summary>
internal static class OutputKeys
{
    // What kohya calls its files without an output_name.
    private const string LastName = "last";

    /// <summary>The keys.</summary>
    public static IReadOnlyList<ConfigKey> All { get; } =
    [
        new("output_dir", (v, d) => d with { Files = new RunFiles(v.Text(), d.Files?.Name ?? LastName) }, d => d.Files?.Folder),
        new("output_name", (v, d) => v.IsOff ? d : d with { Files = new RunFiles(d.Files?.Folder ?? "output", v.Text()) }, d => d.Files?.Name),
        new("save_model_as", (v, d) => v.Text() is "safetensors" or "" ? d : throw v.Error($"is \"{v.Text()}\"; only safetensors are written"), _ => "safetensors"),
        new("save_precision", (v, d) => d with { SavePrecision = PrecisionOf(v) }, d => d.SavePrecision == "fp32" ? "float" : d.SavePrecision),
        Save("save_every_n_steps", (v, s) => s with { EverySteps = v.Whole() }, s => s.EverySteps == 0 ? null : s.EverySteps),
        Save("save_every_n_epochs", (v, s) => s with { EveryEpochs = v.Whole() }, s => s.EveryEpochs == 0 ? null : s.EveryEpochs),
        Save("save_state", (v, s) => v.Flag() ? s with { KeepStates = 0 } : s, s => s.EverySteps > 0 || s.EveryEpochs > 0),

        // kohya counts in steps how far back states are kept.
        Save("save_last_n_steps_state", (v, s) => s.EverySteps > 0 ? s with { KeepStates = (v.Whole() / s.EverySteps) + 1 } : s,
            s => s.EverySteps > 0 && s.KeepStates > 0 ? (s.KeepStates - 1) * s.EverySteps : null),
        Save("univg_keep_states", (v, s) => s with { KeepStates = v.Whole() }, s => s.KeepStates),
        Save("univg_state_minutes", (v, s) => s with { StateMinutes = v.Number() }, s => s.StateMinutes == new SaveSchedule().StateMinutes ? null : s.StateMinutes),
        new("logging_dir", (v, d) => d with { Logs = d.Logs with { Folder = v.TextOrNone() } }, d => d.Logs.Folder),
        new("log_prefix", (v, d) => d with { Logs = d.Logs with { Prefix = v.Text() } }, d => d.Logs.Prefix.Length == 0 ? null : d.Logs.Prefix),
        new("log_with", (v, d) => v.Text() is "tensorboard" or "all" or "" ? d : throw v.Error($"is \"{v.Text()}\"; only tensorboard is written"), d => d.Logs.Folder is null ? null : "tensorboard"),
    ];

    private static ConfigKey Save(string name, Func<ConfigValue, SaveSchedule, SaveSchedule> read, Func<SaveSchedule, object?> write) =>
        new(name, (v, d) => d with { Saves = read(v, d.Saves) }, d => write(d.Saves));

    private static string PrecisionOf(ConfigValue value) => value.Text() switch
    {
        "float" or "fp32" or "" => "fp32",
        "fp16" => "fp16",
        "bf16" => "bf16",
        _ => throw value.Error($"is \"{value.Text()}\"; it must be float, fp16 or bf16"),
    };
}
