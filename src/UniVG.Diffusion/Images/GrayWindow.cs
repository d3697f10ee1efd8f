namespace UniVG.Diffusion.Images;

/// <summary>
/// Which part of a 16-bit grey picture is shown, as radiologists set it: <paramref name="Low"/> and below is black,
/// <paramref name="High"/> and above white, linear between.
/// </summary>
/// <param name="Low">The stored value that becomes black.</param>
/// <param name="High">The stored value that becomes white, above <paramref name="Low"/>.</param>
public sealed record GrayWindow(int Low, int High)
{
    /// <summary>The byte that a stored value is shown as.</summary>
    public byte Show(int value) => (byte)(Math.Clamp((value - Low) / (double)(High - Low), 0, 1) * 255 + 0.5);

    /// <summary>Checks the borders.</summary>
    /// <exception cref="UniVGException">They are not in order, or outside 0 to 65535.</exception>
    public void Validate()
    {
        if (Low < 0 || High > ushort.MaxValue || Low >= High)
            throw new UniVGException($"A grey window from {Low} to {High} is impossible; give two rising values from 0 to 65535.");
    }
}
