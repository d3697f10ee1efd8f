using System.Numerics;

namespace UniVG.Finetuning.Training.Logs;

/// <summary>
/// The checksum of TensorFlow's record files: CRC-32C (Castagnoli), rotated right by 15 bits, plus a constant, so that the checksum of
/// data that holds checksums is no special case.
/// </summary>
internal static class MaskedCrc32C
{
    private const uint MaskDelta = 0xa282ead8;

    /// <summary>The masked checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var value in data) crc = BitOperations.Crc32C(crc, value);
        return BitOperations.RotateRight(~crc, 15) + MaskDelta;
    }
}
