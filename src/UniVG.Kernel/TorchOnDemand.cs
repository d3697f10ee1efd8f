using Microsoft.CodeAnalysis.Scripting;
using UniVG.Diffusion.Runtime;

namespace UniVG.Kernel;

/// <summary>
/// Loads libtorch before the first cell that names it, so that <c>torch.ones(3)</c> works in a cell that ran no UniVG code before,
/// and notebooks without tensors do not pay for it. Left to itself, TorchSharp would look for libtorch in its own way and fail.
/// </summary>
internal static class TorchOnDemand
{
    /// <summary>Loads libtorch if the script's text names it; a script that uses tensors gets its first one from such a name.</summary>
    /// <exception cref="UniVG.Diffusion.UniVGException">libtorch cannot be loaded.</exception>
    public static void LoadFor(Script script)
    {
        var trees = script.GetCompilation().SyntaxTrees;
        if (trees.Any(t => t.ToString().Contains("torch", StringComparison.OrdinalIgnoreCase))) TorchRuntime.EnsureLoaded();
    }
}
