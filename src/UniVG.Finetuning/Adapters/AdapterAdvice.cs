using UniVG.Finetuning.Adapters.Loha;

namespace UniVG.Finetuning.Adapters;

/// <summary>What a user should hear before or after training, a sentence each.</summary>
public static class AdapterAdvice
{
    private const double HighLearningRate = 1e-3;

    /// <summary>Advice on an adapter's sizes and its learning rate; nothing where both are usual.</summary>
    /// <param name="network">The adapter.</param>
    /// <param name="learningRate">The UNet's rate.</param>
    public static IEnumerable<string> BeforeTraining(AdapterNetwork network, double learningRate)
    {
        if (network.Adapters.Where(ExceedsLayer).MinBy(a => Math.Min(a.Layer.Weight.shape[0], Columns(a))) is { } adapter)
        {
            var full = network.Adapters.Count(ExceedsLayer);
            yield return FormattableString.Invariant(
                $"A LoHA of dim {adapter.Dim} reaches rank {adapter.Dim * adapter.Dim}, more than {full} of its layers have; a smaller --dim trains as well and more stably.");
        }

        if (learningRate > HighLearningRate)
            yield return FormattableString.Invariant($"A learning rate of {learningRate} often ends in noise or not-a-number; 1e-4 is usual, 1e-3 the highest advisable.");
    }

    /// <summary>Which widely used tools cannot read the adapter's file and what to do for them; null where all can.</summary>
    public static string? AfterSaving(AdapterNetwork network)
    {
        var method = KnownAdapters.Of(network.Config.Kind);
        if (method.NotReadBy is { } tools)
            return $"A1111 and ComfyUI read {method.Title} files, {tools} do not; for them use merge (into a checkpoint) or extract (to a LoRA).";
        return network.Config.Tucker
            ? "A1111 and ComfyUI read LoRA files in Tucker form, diffusers and kohya do not; for them use merge (into a checkpoint) or extract (to a plain LoRA)."
            : null;
    }

    private static bool ExceedsLayer(Adapter adapter) =>
        adapter is LohaAdapter && (long)adapter.Dim * adapter.Dim > Math.Min(adapter.Layer.Weight.shape[0], Columns(adapter));

    private static long Columns(Adapter adapter) => adapter.Layer.Weight.numel() / adapter.Layer.Weight.shape[0];
}
