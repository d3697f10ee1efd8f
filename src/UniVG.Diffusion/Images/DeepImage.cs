namespace UniVG.Diffusion.Images;

/// <summary>A picture with more than 8 bits a sample.</summary>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Channels">1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha).</param>
/// <param name="Samples">Pixel by pixel; exact for whole numbers up to 24 bits.</param>
/// <param name="Max">The value that stands for white in colour pictures and for opaque; null for floating-point samples.</param>
internal sealed record DeepImage(int Width, int Height, int Channels, float[] Samples, double? Max)
{
    /// <summary>Whether dark and bright are exchanged in the file.</summary>
    public bool WhiteIsZero { get; init; }

    private bool HasAlpha => Channels is 2 or 4;

    /// <summary>Makes it 8-bit: grey (also grey stored as RGB) through a window, colour by its full range.</summary>
    public (RgbImage Colors, RgbImage? Alpha, GrayWindow? Window) Show(ImageReadOptions options)
    {
        // Colour of whole numbers has a natural range; windowing it would shift colours from picture to picture.
        var window = Max is null || IsGray() ? options.Window ?? Percentiles.Window(ColorSamples(), options) : null;
        var shown = window ?? new GrayWindow(0, Max!.Value);
        var colors = new RgbImage(Width, Height);
        var alpha = HasAlpha ? new RgbImage(Width, Height) : null;
        var opaque = new GrayWindow(0, Max ?? 1);
        for (var p = 0; p < Width * Height; p++)
        {
            var pixel = Samples.AsSpan(p * Channels, Channels);
            for (var c = 0; c < 3; c++)
            {
                var value = shown.Show(pixel[Channels < 3 ? 0 : c]);
                colors.Pixels[(p * 3) + c] = WhiteIsZero ? (byte)(255 - value) : value;
            }

            alpha?.Pixels.AsSpan(p * 3, 3).Fill(opaque.Show(pixel[^1]));
        }

        return (colors, alpha, window);
    }

    private bool IsGray()
    {
        if (Channels < 3) return true;
        for (var i = 0; i < Samples.Length; i += Channels)
            if (Samples[i] != Samples[i + 1] || Samples[i] != Samples[i + 2]) return false;
        return true;
    }

    private float[] ColorSamples() => HasAlpha ? [.. Samples.Where((_, i) => i % Channels != Channels - 1)] : Samples;
}
