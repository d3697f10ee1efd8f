using System.Text.Json;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Targets;

namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>Tells what an adapter file holds, without the model it was made for.</summary>
public static class AdapterInspector
{
    private const int TriggerWordsShown = 12;

    /// <summary>Reads a file and measures its changes.</summary>
    /// <param name="path">A file of kohya, LyCORIS, diffusers or peft, or peft's folder.</param>
    /// <exception cref="UniVGException">The file holds no adapter, or is damaged.</exception>
    public static AdapterSummary Inspect(string path)
    {
        using var network = AdapterFile.ReadAlone(path);
        return Summarise(network) with { Foreign = network.LoadReport!.Foreign };
    }

    /// <summary>Summarises adapters, attached or not.</summary>
    public static AdapterSummary Summarise(AdapterNetwork network)
    {
        var metadata = network.LoadReport?.Metadata ?? new Dictionary<string, string>();
        return new AdapterSummary
        {
            Path = network.LoadReport?.Path,
            Config = network.Config,
            Naming = network.LoadReport?.Naming ?? AdapterNaming.Kohya,
            Precision = network.LoadReport?.Precision,
            Sizes = [.. network.Adapters.CountBy(a => (a.Dim, a.Alpha)).OrderByDescending(size => size.Value).Select(size => (size.Key.Dim, size.Key.Alpha, size.Value))],
            UNetModules = network.UNet.Count(),
            TextEncoderModules = network.TextEncoder.Count(),
            ParameterCount = network.ParameterCount,
            Metadata = metadata,
            TriggerWords = TriggerWords(metadata),
            Norms = [.. AdapterNorms.Of(network).Select(a => new ChangeNorm(
                a.Adapter.Layer.Path, a.Adapter.Name.StartsWith(TargetModules.TextEncoderPrefix, StringComparison.Ordinal), a.Norm))],
        };
    }

    // kohya's ss_tag_frequency is {"folder": {"tag": count}}; what occurs most often is what calls the concept.
    private static IReadOnlyList<string> TriggerWords(IReadOnlyDictionary<string, string> metadata)
    {
        if (metadata.GetValueOrDefault("modelspec.trigger_phrase") is { Length: > 0 } phrase) return [phrase];
        if (metadata.GetValueOrDefault("ss_tag_frequency") is not { } json) return [];
        try
        {
            var folders = JsonSerializer.Deserialize<Dictionary<string, Dictionary<string, double>>>(json) ?? [];
            return [.. folders.Values.SelectMany(tags => tags).GroupBy(tag => tag.Key.Trim(), tag => tag.Value)
                .OrderByDescending(tag => tag.Sum()).Select(tag => tag.Key).Take(TriggerWordsShown)];
        }
        catch (JsonException)
        {
            return []; // what a stranger's file says of itself is no reason not to show it
        }
    }
}
