using TorchSharp;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>Clipping of gradients by their global L2 norm (Pascanu et al. 2013), as torch.nn.utils.clip_grad_norm_.</summary>
public static class GradientClipping
{
    private const string Script = """
        def norm(grads: List[Tensor]) -> Tensor:
            return torch.norm(torch.stack(torch._foreach_norm(grads, 2)))

        def scale(grads: List[Tensor], factor: float) -> Tensor:
            torch._foreach_mul_(grads, factor)
            return grads[0]
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
        var norm = Norm(gradients).ToDouble();
        Clip(gradients, norm, maxNorm);
        return norm;
    }

    /// <summary>The joint norm, a scalar on the gradients' device, in the present dispose scope; zero where there are none.</summary>
    internal static Tensor Norm(Tensor[] gradients) =>
        gradients.Length == 0 ? zeros([]) : (Tensor)Compiled.Value.invoke("norm", new object[] { gradients }); // a lone Tensor[] would bind to invoke's parameter array

    /// <summary>Scales gradients of a known joint norm.</summary>
    internal static void Clip(Tensor[] gradients, double norm, double maxNorm)
    {
        if (maxNorm > 0 && norm > maxNorm) Compiled.Value.invoke("scale", gradients, maxNorm / (norm + 1e-6));
    }
}
