using System.Globalization;

namespace UniVG.Diffusion.Images;

/// <summary>
/// Which part of a deep grey picture (more than 8 bits a pixel) is shown, as radiologists set it: <paramref name="Low"/> and below is
/// black, <paramref name="High"/> and above white, linear between.
/// </summary>
/// <param name="Low">The stored value that becomes black; may be negative, as in CT.</param>
/// <param name="High">The stored value that becomes white, above <paramref name="Low"/>.</param>
public sealed record GrayWindow(double Low, double High)
{
    /// <summary>The byte that a stored value is shown as; NaN is black.</summary>
    public byte Show(double value) => double.IsNaN(value) ? (byte)0 : (byte)((Math.Clamp((value - Low) / (High - Low), 0, 1) * 255) + 0.5);

    /// <summary>Checks the borders.</summary>
    /// <exception cref="UniVGException">They are not finite or not in order.</exception>
    public void Validate()
    {
        if (!double.IsFinite(Low) || !double.IsFinite(High) || Low >= High)
            throw new UniVGException($"A grey window of {this} is impossible; give two rising values, such as 100,4000.");
    }

    /// <summary>Such as "100 to 4000".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Low:0.####} to {High:0.####}");
}
