using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Data;

/// <summary>
/// The colour augmentation of kohya's trainer: with probability 0.33, either a shift of the hue by up to 16 degrees or a gamma between
/// 0.95 and 1.05.
/// </summary>
public static class ColorJitter
{
    private const double Probability = 0.33;
    private const double MaxHueShift = 16;
    private const double MaxGammaChange = 0.05;

    /// <summary>A varied copy, or the picture itself where chance leaves it as it is.</summary>
    public static RgbImage Apply(RgbImage image, Random random)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(random);
        if (random.NextDouble() >= Probability) return image;
        var shiftsHue = random.Next(2) == 0;
        var amount = (random.NextDouble() * 2) - 1;
        return shiftsHue ? ShiftHue(image, amount * MaxHueShift) : ApplyGamma(image, 1 + (amount * MaxGammaChange));
    }

    /// <summary>Turns the hue of every pixel by so many degrees.</summary>
    internal static RgbImage ShiftHue(RgbImage image, double degrees)
    {
        var shifted = new RgbImage(image.Width, image.Height);
        for (var i = 0; i < image.Pixels.Length; i += 3)
        {
            var (red, green, blue) = (image.Pixels[i], image.Pixels[i + 1], image.Pixels[i + 2]);
            var (max, min) = (Math.Max(red, Math.Max(green, blue)), Math.Min(red, Math.Min(green, blue)));
            var chroma = max - min;
            var hue = chroma == 0 ? 0
                : max == red ? (green - blue) / (double)chroma
                : max == green ? 2 + ((blue - red) / (double)chroma)
                : 4 + ((red - green) / (double)chroma);
            hue += 12 + (degrees / 60);
            for (var channel = 0; channel < 3; channel++)
            {
                // HSV to RGB: red, green and blue are the same curve, two sectors apart.
                var k = (5 - (2 * channel) + hue) % 6;
                shifted.Pixels[i + channel] = (byte)(max - (chroma * Math.Clamp(Math.Min(k, 4 - k), 0, 1)) + 0.5);
            }
        }

        return shifted;
    }

    /// <summary>Raises every value, as a part of 1, to the power of <paramref name="gamma"/>.</summary>
    internal static RgbImage ApplyGamma(RgbImage image, double gamma)
    {
        var table = Enumerable.Range(0, 256).Select(v => (byte)((Math.Pow(v / 255.0, gamma) * 255) + 0.5)).ToArray();
        return new RgbImage(image.Width, image.Height, [.. image.Pixels.Select(v => table[v])]);
    }
}
