using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Layers;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Adapters.Targets;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Adapters.Operations;

/// <summary>
/// Makes a plain LoRA of any change of weights by singular value decomposition, as kohya's extract and resize scripts: with
/// ΔW = scale·U·S·Vᵀ, up = U·S and down = Vᵀ, cut to the first singular values; the scale stays the adapter's, so that it trains on
/// as before. For tools that read LoRA only, and to make a LoRA smaller.
/// </summary>
public static class AdapterExtract
{
    /// <summary>Approximates adapters of any method, as trained (multiplier 1).</summary>
    /// <param name="network">The adapters.</param>
    /// <param name="options">The sizes.</param>
    /// <param name="onLayer">Told how many of how many layers are done.</param>
    /// <param name="cancellationToken">Looked at before each layer.</param>
    /// <exception cref="UniVGException">The options are impossible, or leave no layer.</exception>
    public static LoraExtraction ToLora(
        AdapterNetwork network, LoraExtractOptions options, Action<int, int>? onLayer = null, CancellationToken cancellationToken = default)
    {
        if (network.Owned is not null && network.Config.WeightDecompose)
            throw new UniVGException("The change that a DoRA makes depends on the model's weights; load the model and the file first, then extract the attached adapter.");
        return Extract([.. network.Adapters.Select(ChangeOfLayer.Of)], options, network.Config.Targets, onLayer, cancellationToken);
    }

    /// <summary>Approximates what tells a fine-tuned model from the one it was made from.</summary>
    /// <param name="original">The layers of the original's UNet and of its text encoder.</param>
    /// <param name="tuned">Those of the fine-tuned model, in the same order.</param>
    /// <param name="options">The sizes.</param>
    /// <param name="targets">Which layers the LoRA has.</param>
    /// <param name="onLayer">Told how many of how many layers are done.</param>
    /// <param name="cancellationToken">Looked at before each layer.</param>
    /// <exception cref="UniVGException">The models differ in more than their weights, or the options are impossible.</exception>
    public static LoraExtraction Difference(
        (IReadOnlyList<AdaptableLayer> UNet, IReadOnlyList<AdaptableLayer> TextEncoder) original,
        (IReadOnlyList<AdaptableLayer> UNet, IReadOnlyList<AdaptableLayer> TextEncoder) tuned,
        LoraExtractOptions options,
        AdapterTargets targets = AdapterTargets.Kohya,
        Action<int, int>? onLayer = null,
        CancellationToken cancellationToken = default)
    {
        var config = new LoraConfig { Dim = 1, ConvDim = Math.Min(1, options.ConvDim), ConvAlpha = 1, Targets = targets };
        var others = TargetModules.ByName(tuned.UNet, tuned.TextEncoder);
        var changes = new List<ChangeOfLayer>();
        foreach (var target in TargetModules.Select(config, original.UNet, original.TextEncoder))
        {
            var layer = target.Layer;
            if (!others.TryGetValue(target.Name, out var other) || !other.Weight.shape.SequenceEqual(layer.Weight.shape))
                throw new UniVGException($"The fine-tuned model has no layer '{layer.Path}' of the original's size; choose two models of one family.");
            changes.Add(new ChangeOfLayer(
                target.Name, layer, 1, () => other.Weight.to(ScalarType.Float32, layer.Weight.device).sub(layer.Weight.to(ScalarType.Float32)), () => null));
        }

        return Extract(changes, options, targets, onLayer, cancellationToken);
    }

    /// <summary>The number of singular values to keep.</summary>
    /// <param name="values">All singular values, largest first.</param>
    /// <param name="largest">The most to keep.</param>
    /// <param name="rule">How to choose.</param>
    /// <param name="ruleValue">What the rule compares with.</param>
    public static int RankOf(IReadOnlyList<float> values, int largest, RankRule rule, double ruleValue)
    {
        const double NoChange = 1e-6;
        var limit = Math.Min(largest, values.Count);
        if (rule == RankRule.Fixed) return limit;
        if (values[0] <= NoChange) return 1;
        var kept = rule switch
        {
            RankRule.Ratio => values.Count(s => s > values[0] / ruleValue),
            RankRule.Cumulative => CountToShare(values.Select(s => (double)s), ruleValue),
            _ => CountToShare(values.Select(s => (double)s * s), ruleValue * ruleValue),
        };
        return Math.Clamp(kept, 1, limit);
    }

    private static int CountToShare(IEnumerable<double> values, double share)
    {
        var all = values.ToList();
        var (wanted, sum, count) = (share * all.Sum(), 0.0, 0);
        while (count < all.Count && sum < wanted) sum += all[count++];
        return count;
    }

    private static LoraExtraction Extract(
        List<ChangeOfLayer> changes,
        LoraExtractOptions options,
        AdapterTargets targets,
        Action<int, int>? onLayer,
        CancellationToken cancellationToken)
    {
        options.Validate();
        changes = [.. changes.Where(c => options.ConvDim > 0 || !TargetModules.HasLargeKernel(c.Layer))];
        if (changes.Count == 0) throw new UniVGException("No layer is left to extract; allow convolutions with a conv dim above 0.");
        var (adapters, layers) = (new List<Adapter>(), new List<ExtractedLayer>());
        try
        {
            foreach (var change in changes)
            {
                cancellationToken.ThrowIfCancellationRequested();
                adapters.Add(Extract(change, options, out var result));
                layers.Add(result);
                onLayer?.Invoke(layers.Count, changes.Count);
            }
        }
        catch
        {
            foreach (var adapter in adapters) adapter.Dispose();
            throw;
        }

        var config = new LoraConfig
        {
            Dim = options.Dim,
            Alpha = options.Dim * MostFrequentScale(adapters.Where(a => !TargetModules.HasLargeKernel(a.Layer))),
            ConvDim = options.ConvDim,
            ConvAlpha = options.ConvDim * MostFrequentScale(adapters.Where(a => TargetModules.HasLargeKernel(a.Layer))),
            Targets = targets,
            TextEncoder = adapters.Any(a => a.Name.StartsWith(TargetModules.TextEncoderPrefix, StringComparison.Ordinal)),
        };
        return new LoraExtraction(new AdapterNetwork(config, adapters), layers);
    }

    private static double MostFrequentScale(IEnumerable<Adapter> adapters) =>
        adapters.CountBy(a => a.Scale).OrderByDescending(scale => scale.Value).Select(scale => scale.Key).FirstOrDefault(defaultValue: 1);

    private static LoraAdapter Extract(ChangeOfLayer change, LoraExtractOptions options, out ExtractedLayer result)
    {
        using var pause = FinalizerPause.Begin();
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (u, s, v) = change.Decompose();
        var largest = TargetModules.HasLargeKernel(change.Layer) ? options.ConvDim : options.Dim;
        var rank = RankOf(s.cpu().data<float>().ToArray(), largest, options.Rule, options.RuleValue);
        var up = u.narrow(1, 0, rank) * s.narrow(0, 0, rank);
        var down = v.narrow(0, 0, rank);
        var lost = s.narrow(0, rank, s.shape[0] - rank).norm().ToDouble();
        if (options.ClampQuantile is { } share)
        {
            var bound = cat([up.flatten(), down.flatten()]).quantile(tensor((float)share, device: up.device)).item<float>();
            (up, down) = (up.clamp(-bound, bound), down.clamp(-bound, bound));
            lost = (change.Delta().flatten(1).div(change.Scale) - up.mm(down)).norm().ToDouble();
        }

        var scale = Math.Abs(change.Scale);
        result = new ExtractedLayer(change.Name, rank, scale * s.norm().ToDouble(), scale * lost);
        return new LoraAdapter(new AdapterTarget(change.Name, change.Layer, rank, change.Scale * rank), down, up);
    }
}
