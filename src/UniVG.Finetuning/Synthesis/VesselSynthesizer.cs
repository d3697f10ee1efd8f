using UniVG.Diffusion;

namespace UniVG.Finetuning.Synthesis;

/// <summary>Makes pictures of vessels: the same modality, seed and size always give the same bytes.</summary>
public static class VesselSynthesizer
{
    /// <summary>Smallest side of a picture, in pixels.</summary>
    public const int MinSize = 16;

    /// <summary>Largest side of a picture, in pixels.</summary>
    public const int MaxSize = 2048;

    /// <summary>Generates one picture; density and calibre are drawn from the seed as well.</summary>
    /// <param name="modality">Name of a modality, see <see cref="KnownModalities"/>.</param>
    /// <param name="seed">Number of the picture.</param>
    /// <param name="size">Pixels on a side, 16 to 2048.</param>
    /// <exception cref="UniVGException">The modality is unknown or the size impossible.</exception>
    public static SyntheticImage Generate(string modality, int seed, int size) => Generate(KnownModalities.Find(modality), seed, size);

    /// <inheritdoc cref="Generate(string, int, int)"/>
    public static SyntheticImage Generate(IModality modality, int seed, int size)
    {
        ArgumentNullException.ThrowIfNull(modality);
        if (size is < MinSize or > MaxSize)
            throw new UniVGException($"A picture of {size} pixels cannot be made; give a size from {MinSize} to {MaxSize}.");

        var random = new SeededRandom(StreamOf(modality.Name, seed));
        var style = VesselStyle.All[random.NextInt(VesselStyle.All.Count)];
        var factor = Oversampling(size);
        var drawing = modality.Draw(style, size * factor, random);
        var mask = drawing.Vessels.ToMask(factor);
        return new SyntheticImage(drawing.Picture.Reduce(factor), modality.Name, style.Caption(modality.Name), mask, drawing.Tree);
    }

    // Small pictures are drawn larger and averaged, as a camera's pixel averages what falls on it.
    private static int Oversampling(int size) => size <= 64 ? 4 : size <= 256 ? 2 : 1;

    // FNV-1a over the name: each modality has its own sequence of pictures.
    private static long StreamOf(string name, int seed)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var letter in name) hash = unchecked((hash ^ letter) * 0x100000001B3UL);
        return unchecked((long)(hash + ((ulong)seed * 0xD1342543DE82EF95UL)));
    }
}
