namespace UniVG.Finetuning.Adapters;

/// <summary>What a user should hear before or after training, a sentence each.</summary>
public static class AdapterAdvice
{
    /// <summary>Advice on an adapter's sizes; nothing where they are usual.</summary>
    /// <param name="network">The adapter.</param>
    public static IEnumerable<string> BeforeTraining(AdapterNetwork network)
    {
        var method = KnownAdapters.Of(network.Config.Kind);
        var exceeding = network.Adapters.Where(adapter => Exceeds(adapter, method)).ToList();
        if (exceeding.MaxBy(adapter => adapter.Dim) is { } largest)
        {
            yield return FormattableString.Invariant(
                $"A {method.Title} of dim {largest.Dim} reaches rank {method.ReachableRank!(largest.Dim)}, more than {exceeding.Count} of its {network.Adapters.Count} layers have; a smaller --dim trains as well and more stably.");
        }
    }

    /// <summary>Which widely used tools cannot read the adapter's file and what to do for them; null where all can.</summary>
    public static string? AfterSaving(AdapterNetwork network)
    {
        const string Remedy = "for them use merge (into a checkpoint) or extract (to a plain LoRA).";
        var method = KnownAdapters.Of(network.Config.Kind);
        if (method.NotReadBy is { } tools) return $"A1111 and ComfyUI read {method.Title} files, {tools} do not; {Remedy}";
        if (network.Config.WeightDecompose) return $"ComfyUI and LyCORIS read DoRA files, diffusers' pipelines and kohya's merge scripts do not; {Remedy}";
        return network.Config.Tucker ? $"A1111 and ComfyUI read LoRA files in Tucker form, diffusers and kohya do not; {Remedy}" : null;
    }

    // A product of products (LoHA) reaches far beyond its dim; that a plain dim exceeds some small layers does no harm.
    private static bool Exceeds(Adapter adapter, AdapterMethod method) =>
        method.ReachableRank?.Invoke(adapter.Dim) is { } rank && rank > adapter.Dim && rank > AdapterNetwork.FullRank(adapter.Layer);
}
