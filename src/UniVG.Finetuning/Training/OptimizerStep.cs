using TorchSharp;
using UniVG.Diffusion.Layers;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training.Optimizers;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training;

/// <summary>The backward half of a step: gradients of one or several batches, made finite and not too long, to a change of the adapter.</summary>
/// <param name="adapter">What learns.</param>
/// <param name="optimizer">How it learns.</param>
/// <param name="scaler">Keeps float16 gradients from vanishing; null in other precisions.</param>
internal sealed class OptimizerStep(AdapterNetwork adapter, IOptimizer optimizer, LossScaler? scaler)
{
    // Below it even the loss of a good step would vanish.
    private const double MinScale = 1;

    private double _loss;
    private int _parts;

    /// <summary>Adds the gradients of a batch.</summary>
    /// <param name="loss">A scalar; its mean over the step's batches counts.</param>
    /// <param name="planned">
    /// How many batches a full step has. As in kohya an epoch's last step may have fewer, and is that much weaker.
    /// </param>
    public void Accumulate(Tensor loss, int planned)
    {
        var part = planned == 1 ? loss : loss / planned;
        (scaler?.Scale(part) ?? part).backward();
        RecomputedBranch.ThrowIfFailed();
        _loss += loss.ToDouble();
        _parts++;
    }

    /// <summary>Updates the adapter, unless the gradients of half precision overflowed.</summary>
    /// <returns>The mean loss of the step's batches.</returns>
    /// <exception cref="NotFiniteNumberException">Loss or gradients are no numbers; the adapter stays as it was.</exception>
    public double Update(TrainingConfig config)
    {
        var parameters = optimizer.Groups.SelectMany(g => g.Parameters).ToArray();
        var loss = _loss / _parts;
        if (!double.IsFinite(loss)) throw NotANumber();
        if (scaler?.Unscale(parameters) == false)
            return scaler.Factor >= MinScale ? loss : throw NotANumber();

        if (!double.IsFinite(GradientClipping.Clip(parameters, config.MaxGradientNorm))) throw NotANumber();
        optimizer.Step();
        if (config.ScaleWeightNorms is { } limit) AdapterNorms.Limit(adapter, limit);
        return loss;
    }

    /// <summary>Forgets the gradients so far.</summary>
    public void Drop()
    {
        optimizer.ZeroGradients();
        (_loss, _parts) = (0, 0);
    }

    private static NotFiniteNumberException NotANumber() => new("The loss or a gradient is not finite.");
}
