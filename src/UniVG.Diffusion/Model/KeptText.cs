using static TorchSharp.torch;

namespace UniVG.Diffusion.Model;

/// <summary>The text's keys and values in all attentions of a UNet, computed once: in use for every pass as long as this object lives.</summary>
internal sealed class KeptText : IDisposable
{
    private readonly CrossAttention[] _attentions;

    /// <summary>Computes them, without gradients.</summary>
    /// <param name="unet">The model, whose adapters must not change meanwhile.</param>
    /// <param name="context">Text states (rows, n, features), as the passes are given them.</param>
    public KeptText(UNet unet, Tensor context)
    {
        _attentions = [.. unet.TextAttentions];
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var text = context.to(unet.Weights.DType);
        foreach (var attention in _attentions) attention.Keep(text);
    }

    /// <summary>Forgets them.</summary>
    public void Dispose()
    {
        foreach (var attention in _attentions) attention.Forget();
    }
}
