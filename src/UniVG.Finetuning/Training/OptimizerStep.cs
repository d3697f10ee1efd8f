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

    private readonly List<Tensor> _losses = [];

    private readonly Tensor[] _parameters = [.. optimizer.Groups.SelectMany(group => group.Parameters)];

    /// <summary>
    /// Whether an update began to change the adapter and did not come to its end, so that some of its tensors, or of the optimizer's, are a step
    /// ahead of others. What they were before is not kept: a copy of all of them in every step would take as long as the update.
    /// </summary>
    public bool IsHalfDone { get; private set; }

    /// <summary>Adds the gradients of a batch, without waiting for the device.</summary>
    /// <param name="loss">A scalar; its mean over the step's batches counts.</param>
    /// <param name="planned">
    /// How many batches a full step has. As in kohya an epoch's last step may have fewer, and is that much weaker.
    /// </param>
    public void Accumulate(Tensor loss, int planned)
    {
        var part = planned == 1 ? loss : loss / planned;
        RecomputedBranch.Differentiate(scaler?.Scale(part) ?? part);
        _losses.Add(loss.detach().MoveToOuterDisposeScope());
    }

    /// <summary>Updates the adapter, unless the gradients of half precision overflowed.</summary>
    /// <returns>The mean loss of the step's batches.</returns>
    /// <exception cref="NotFiniteNumberException">Loss or gradients are no numbers; the adapter stays as it was.</exception>
    public double Update(TrainingConfig config)
    {
        using var noGrad = no_grad();
        Tensor[] gradients = [.. _parameters.Select(p => p.grad).OfType<Tensor>()];
        var found = scaler?.Divide(gradients);
        var norm = GradientClipping.Norm(gradients);

        // The only numbers that are read in a step, all at once: a GPU must finish for it, and everything else is queued by then.
        Tensor[] numbers = [norm, found ?? zeros_like(norm), .. _losses];
        var read = stack([.. numbers.Select(number => number.to(ScalarType.Float64, norm.device))]).cpu().data<double>().ToArray();
        var loss = read[2..].Average();
        if (!double.IsFinite(loss)) throw NotANumber();
        if (scaler?.Accept(found!, read[1] == 0) == false)
            return scaler.Factor >= MinScale ? loss : throw NotANumber();

        if (!double.IsFinite(read[0])) throw NotANumber();
        GradientClipping.Clip(gradients, read[0], config.MaxGradientNorm);
        IsHalfDone = true;
        optimizer.Step();
        if (config.ScaleWeightNorms is { } limit) AdapterNorms.Limit(adapter, limit);
        IsHalfDone = false;
        return loss;
    }

    /// <summary>Forgets the gradients so far.</summary>
    public void Drop()
    {
        optimizer.ZeroGradients();
        _losses.Clear();
    }

    private static NotFiniteNumberException NotANumber() => new("The loss or a gradient is not finite.");
}
