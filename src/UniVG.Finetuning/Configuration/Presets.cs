using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Training;

namespace UniVG.Finetuning.Configuration;

/// <summary>The UniVG guide's configurations; model and dataset are left open.</summary>
public static class Presets
{
    private static readonly Dictionary<string, RunDefinition> All = new()
    {
        ["lora"] = new RunDefinition { Adapter = new LoraConfig(), Training = new TrainingConfig() },
        ["loha"] = new RunDefinition { Adapter = new LohaConfig(), Training = TrainingConfig.Loha },
    };

    /// <summary>Their names.</summary>
    public static IReadOnlyCollection<string> Names => All.Keys;

    /// <summary>The configuration of a name, or null.</summary>
    public static RunDefinition? Find(string name) => All.GetValueOrDefault(name);
}
