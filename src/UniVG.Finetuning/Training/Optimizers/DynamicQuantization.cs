using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.Optimizers;

/// <summary>
/// The 256 values of dynamic 8-bit quantisation (Dettmers et al. 2022): numbers of −1 to 1 (or 0 to 1) whose leading zeros say the power
/// of ten and whose other bits divide the decade evenly, so that small values keep their relative precision.
/// </summary>
internal static class DynamicQuantization
{
    /// <summary>Values that share a scale.</summary>
    public const int BlockSize = 256;

    private const int Decades = 7;

    /// <summary>The values in rising order, (256), float32.</summary>
    /// <param name="signed">Whether half of them are below 0.</param>
    public static float[] Values(bool signed)
    {
        List<double> values = [0, 1];
        for (var i = 0; i < Decades; i++)
        {
            // The means of evenly spaced borders from 0.1 to 1, in the decade 10^(i − 6).
            var count = signed ? 1 << i : 2 << i;
            for (var j = 0; j < count; j++)
            {
                var value = Math.Pow(10, i - Decades + 1) * (0.1 + (0.9 * (j + 0.5) / count));
                values.Add(value);
                if (signed) values.Add(-value);
            }
        }

        return [.. values.Order().Select(value => (float)value)];
    }

    /// <summary>The borders between neighbouring values, (255): a number belongs to the nearest value.</summary>
    public static Tensor Borders(Tensor values) => (values[..^1] + values[1..]) / 2;
}
