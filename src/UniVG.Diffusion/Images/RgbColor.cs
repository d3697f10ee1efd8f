using System.Globalization;

namespace UniVG.Diffusion.Images;

/// <summary>A colour.</summary>
/// <param name="Red">0 to 255.</param>
/// <param name="Green">0 to 255.</param>
/// <param name="Blue">0 to 255.</param>
public readonly record struct RgbColor(byte Red, byte Green, byte Blue)
{
    /// <summary>0, 0, 0.</summary>
    public static RgbColor Black => default;

    /// <summary>255, 255, 255.</summary>
    public static RgbColor White => new(255, 255, 255);

    /// <summary>Reads "black", "white", "#RRGGBB" or "R,G,B".</summary>
    /// <exception cref="UniVGException">It is none of these.</exception>
    public static RgbColor Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Equals("black", StringComparison.OrdinalIgnoreCase)) return Black;
        if (text.Equals("white", StringComparison.OrdinalIgnoreCase)) return White;
        if (text.Length == 7 && text[0] == '#' && int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex))
            return new RgbColor((byte)(hex >> 16), (byte)(hex >> 8), (byte)hex);
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length == 3 && parts.All(part => byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _)))
            return new RgbColor(Part(0), Part(1), Part(2));
        throw new UniVGException($"'{text}' is no colour; give black, white, such as #204060, or red, green and blue such as 0,0,255.");

        byte Part(int index) => byte.Parse(parts[index], CultureInfo.InvariantCulture);
    }

    /// <summary>Such as "#204060".</summary>
    public override string ToString() => $"#{Red:x2}{Green:x2}{Blue:x2}";
}
