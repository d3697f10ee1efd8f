using TorchSharp;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>
/// Dynamic loss scaling (Micikevicius et al. 2018) as torch.cuda.amp.GradScaler: gradients of float16 layers would vanish below 6e-8,
/// so the loss is multiplied before the backward pass and the gradients divided after it. The factor doubles after 2000 good steps and
/// halves when a gradient overflows; that step is then left out.
/// </summary>
public sealed class LossScaler : IDisposable
{
    private const double FirstScale = 65536;

    private const string Script = """
        def unscale(grads: List[Tensor], scale: Tensor, found: Tensor) -> Tensor:
            torch._amp_foreach_non_finite_check_and_unscale_(grads, found, scale.double().reciprocal().float())
            return found

        def update(scale: Tensor, growth_tracker: Tensor, found: Tensor) -> Tensor:
            return torch._amp_update_scale_(scale, growth_tracker, found, 2.0, 0.5, 2000)
        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script + "\n")); // the parser wants a last line end

    private readonly Tensor _scale;
    private readonly Tensor _growthTracker;
    private readonly Tensor _skipped;

    /// <summary>Creates a scaler at 65536.</summary>
    /// <param name="device">Where the gradients are.</param>
    public LossScaler(Device device)
    {
        _scale = tensor((float)FirstScale, device: device).DetachFromDisposeScope();
        _growthTracker = zeros([], ScalarType.Int32, device).DetachFromDisposeScope();
        _skipped = zeros([], ScalarType.Int64, CPU).DetachFromDisposeScope();
    }

    /// <summary>The factor.</summary>
    public double Factor => _scale.ToDouble();

    /// <summary>How many steps were left out; as in kohya they do not move the learning rate's course.</summary>
    public int SkippedSteps => (int)_skipped.item<long>();

    /// <summary>What is remembered: <c>scale</c>, <c>growth_tracker</c>, <c>skipped_steps</c>, all 0-d. Owned by the scaler.</summary>
    public IReadOnlyDictionary<string, Tensor> StateTensors() => new Dictionary<string, Tensor>
    {
        ["scale"] = _scale,
        ["growth_tracker"] = _growthTracker,
        ["skipped_steps"] = _skipped,
    };

    /// <summary>Takes over what <see cref="StateTensors"/> of another scaler gave.</summary>
    public void LoadStateTensors(IReadOnlyDictionary<string, Tensor> tensors)
    {
        using var noGrad = no_grad();
        foreach (var (name, own) in StateTensors()) own.copy_(tensors[name]);
    }

    /// <summary>The loss to take the gradients of.</summary>
    public Tensor Scale(Tensor loss) => loss * _scale;

    /// <summary>Divides the gradients and adapts the factor.</summary>
    /// <param name="parameters">Parameters; those without a gradient are passed over.</param>
    /// <returns>Whether the step is to be taken: all gradients are finite.</returns>
    public bool Unscale(IEnumerable<Tensor> parameters)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var found = Divide([.. parameters.Select(p => p.grad).OfType<Tensor>()]);
        return Accept(found, found.ToSingle() == 0);
    }

    /// <summary>Divides gradients, without waiting for the device.</summary>
    /// <returns>0, or 1 where one is not finite; in the present dispose scope. Its meaning is to be told to <see cref="Accept"/>.</returns>
    internal Tensor Divide(Tensor[] gradients)
    {
        var found = zeros([], ScalarType.Float32, _scale.device);
        if (gradients.Length > 0) Compiled.Value.invoke("unscale", gradients, _scale, found);
        return found;
    }

    /// <summary>Adapts the factor, and counts a step that is left out.</summary>
    /// <param name="found">What <see cref="Divide"/> gave.</param>
    /// <param name="isFinite">Whether that is 0.</param>
    /// <returns><paramref name="isFinite"/>.</returns>
    internal bool Accept(Tensor found, bool isFinite)
    {
        using var noGrad = no_grad();
        Compiled.Value.invoke("update", _scale, _growthTracker, found);
        if (isFinite) return true;
        _skipped.add_(1);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in StateTensors().Values) tensor.Dispose();
    }
}
