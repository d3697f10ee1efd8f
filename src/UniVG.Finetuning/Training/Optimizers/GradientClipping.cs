using TorchSharp;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>Clipping of gradients by their global L2 norm (Pascanu et al. 2013), as torch.nn.utils.clip_grad_norm_.</summary>
public static class GradientClipping
{
    private const string Script = """
        def norm(grads: List[Tensor]) -> Tensor:
            return torch.norm(torch.stack(torch._foreach_norm(grads, 2)))
        """;

    private static readonly Lazy<jit.CompilationUnit> Compiled = new(() => jit.compile(Script + "\n")); // the parser wants a last line end

    /// <summary>Scales all gradients so that their joint norm is at most <paramref name="maxNorm"/>.</summary>
    /// <param name="parameters">Parameters; those without a gradient are passed over.</param>
    /// <param name="maxNorm">The largest joint norm; 0 leaves the gradients as they are.</param>
    /// <returns>The joint norm before clipping; 0 where there are no gradients. Not finite when a gradient is not.</returns>
    public static double Clip(IEnumerable<Tensor> parameters, double maxNorm)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var gradients = parameters.Select(p => p.grad).OfType<Tensor>().ToArray();
        if (gradients.Length == 0) return 0;

        // A lone Tensor[] would bind to invoke's parameter array.
        var norm = ((Tensor)Compiled.Value.invoke("norm", new object[] { gradients })).ToDouble();
        if (maxNorm > 0 && norm > maxNorm)
        {
            var factor = maxNorm / (norm + 1e-6);
            foreach (var gradient in gradients) gradient.mul_(factor);
        }

        return norm;
    }
}
