using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>The adapter methods there are; a new one is a file of its own and a line here.</summary>
public static class KnownAdapters
{
    private static readonly Dictionary<string, Func<AdapterTarget, Generator, Adapter>> Constructors = new()
    {
        ["lora"] = (target, generator) => new LoraAdapter(target, generator),
        ["loha"] = (target, generator) => new LohaAdapter(target, generator),
    };

    /// <summary>Creates a freshly initialised adapter of the kind of <paramref name="config"/>.</summary>
    public static Adapter Create(AdapterConfig config, AdapterTarget target, Generator generator) =>
        Constructors[config.Kind](target, generator);
}
