using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Weights;

namespace UniVG.Benchmarks.Files;

/// <summary>The tensors of a Stable Diffusion 1.5 checkpoint, in the LDM layout: 1,066,235,307 scalars.</summary>
internal static class ModelTensors
{
    /// <summary>The model's tensors up to a size, or repeated under other names where the model is smaller.</summary>
    /// <param name="bytes">The size of the file to be made; overshot by less than the last tensor.</param>
    /// <param name="elementSize">Bytes of a scalar.</param>
    public static IReadOnlyList<TensorSpec> StableDiffusion15(long bytes, int elementSize)
    {
        var model = All();
        var tensors = new List<TensorSpec>();
        for (var copy = 0; bytes > 0; copy++)
        {
            foreach (var tensor in model)
            {
                if (bytes <= 0) break;
                tensors.Add(copy == 0 ? tensor : tensor with { Name = $"copy{copy}.{tensor.Name}" });
                bytes -= tensor.Count * elementSize;
            }
        }

        return tensors;
    }

    private static List<TensorSpec> All()
    {
        var shapes = new ShapeRecorder();
        using var unet = new UNet(UNetConfig.StableDiffusion15, shapes);
        using var vae = new AutoencoderKL(AutoencoderKLConfig.StableDiffusion15, shapes);
        using var text = new ClipTextEncoder(ClipTextConfig.StableDiffusion15, shapes);
        var unetKeys = LdmKeyMap.UNet(levels: 4, layersPerBlock: 2, UNetConfig.StableDiffusion15.UpAttention);
        return
        [
            .. Specs(unet.Weights, unetKeys),
            .. Specs(vae.Weights, LdmKeyMap.Vae(levels: 4, layersPerBlock: 2)),
            .. Specs(text.Weights, LdmKeyMap.TextEncoder()),
        ];
    }

    private static IEnumerable<TensorSpec> Specs(ModelWeights weights, KeyMap keys) =>
        weights.Tensors.Select(t => new TensorSpec(keys.ToLdm(t.Key)!, t.Value.shape));
}
