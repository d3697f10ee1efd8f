using System.Security.Cryptography;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>The two hashes that kohya's trainer (<c>precalculate_safetensors_hashes</c>) puts into an adapter's metadata.</summary>
/// <param name="ModelHash"><c>sshs_model_hash</c>: SHA-256 of the data region, lower-case hex; independent of the metadata.</param>
/// <param name="LegacyHash">
/// <c>sshs_legacy_hash</c>: the first 8 hex digits of the SHA-256 of bytes 0x100000 to 0x10FFFF of the file with the
/// <c>ss_*</c> metadata only.
/// </param>
public sealed record SafetensorsHash(string ModelHash, string LegacyHash)
{
    private const long LegacyStart = 0x100000;
    private const long LegacyEnd = 0x110000;

    /// <summary>Hashes the file that <see cref="SafetensorsWriter.Write"/> would write, without writing it.</summary>
    public static SafetensorsHash Compute(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var data = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var legacy = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var position = 0L;
        SafetensorsWriter.WritePieces(Append, tensors, metadata);
        return new SafetensorsHash(Convert.ToHexStringLower(data.GetCurrentHash()), Convert.ToHexStringLower(legacy.GetCurrentHash())[..8]);

        // The first piece is the header.
        void Append(ReadOnlySpan<byte> piece)
        {
            if (position > 0) data.AppendData(piece);
            var from = Math.Clamp(LegacyStart - position, 0, piece.Length);
            var to = Math.Clamp(LegacyEnd - position, 0, piece.Length);
            legacy.AppendData(piece[(int)from..(int)to]);
            position += piece.Length;
        }
    }
}
