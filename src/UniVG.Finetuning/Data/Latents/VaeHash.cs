using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using UniVG.Diffusion.Model;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Data.Latents;

/// <summary>A hash by which the latents of two VAEs are told apart.</summary>
internal static class VaeHash
{
    /// <summary>SHA-256, lower-case hex, of all weights with their names, types and shapes, and of the kind of device they compute on.</summary>
    public static string Of(AutoencoderKL vae)
    {
        using var noGrad = no_grad();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, weight) in vae.Weights.Tensors.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            using var scope = NewDisposeScope();
            hash.AppendData(Encoding.UTF8.GetBytes($"{name} {weight.dtype} {string.Join(',', weight.shape)} {weight.device_type}\n"));
            hash.AppendData(MemoryMarshal.AsBytes<float>(weight.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray()));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
