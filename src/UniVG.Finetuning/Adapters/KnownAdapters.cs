using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Dora;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lokr;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters;

/// <summary>The adapter methods there are; a new one is a file of its own and a line here.</summary>
public static class KnownAdapters
{
    /// <summary>All methods.</summary>
    public static IReadOnlyList<AdapterMethod> Methods { get; } =
    [
        LoraAdapter.Method,
        LohaAdapter.Method,
        LokrAdapter.Method,
    ];

    /// <summary>The method of a kind.</summary>
    /// <exception cref="UniVGException">There is none of that name.</exception>
    public static AdapterMethod Of(string kind) => Methods.FirstOrDefault(method => method.Kind == kind)
        ?? throw new UniVGException($"There is no adapter of the kind '{kind}'; choose one of {string.Join(", ", Methods.Select(m => m.Kind))}.");

    /// <summary>Creates a freshly initialised adapter of the kind of <paramref name="config"/>.</summary>
    public static Adapter Create(AdapterConfig config, AdapterTarget target, Generator generator)
    {
        var adapter = Of(config.Kind).Create(config, target, generator);
        return config.WeightDecompose ? new DoraAdapter(target, adapter) : adapter;
    }
}
