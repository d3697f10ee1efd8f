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
    /// <param name="region">Where vessels may grow, within what the modality allows; null for no further limit.</param>
    /// <exception cref="UniVGException">The modality is unknown, the size impossible, or the region leaves no place for vessels.</exception>
    public static SyntheticImage Generate(string modality, int seed, int size, GrowthRegion? region = null) =>
        Generate(KnownModalities.Find(modality), seed, size, region);

    /// <inheritdoc cref="Generate(string, int, int, GrowthRegion?)"/>
    public static SyntheticImage Generate(IModality modality, int seed, int size, GrowthRegion? region = null)
    {
        ArgumentNullException.ThrowIfNull(modality);
        if (size is < MinSize or > MaxSize)
            throw new UniVGException($"A picture of {size} pixels cannot be made; give a size from {MinSize} to {MaxSize}.");

        var random = new SeededRandom(StreamOf(modality.Name, seed));
        var style = VesselStyle.All[random.NextInt(VesselStyle.All.Count)] with { Region = region };
        var factor = Oversampling(size);
        var drawing = modality.Draw(style, size * factor, random);
        var mask = drawing.Vessels.ToMask(factor);
        var caption = style.Caption(modality.Name);
        return new SyntheticImage(drawing.Picture.Reduce(factor), modality.Name, caption, mask, drawing.Tree);
    }

    /// <summary>
    /// Writes pictures 0 to <paramref name="count"/> − 1 of a seed as PNG files, <c>000.png</c> and on, into a folder such as
    /// <c>datasets-sample/10_modality</c>. The same arguments give the same bytes.
    /// </summary>
    /// <param name="folder">Where to write; created when missing, files of the same names are replaced.</param>
    /// <param name="modality">Name of a modality, see <see cref="KnownModalities"/>.</param>
    /// <param name="count">How many pictures, at least 1.</param>
    /// <param name="seed">Number of the first picture; the others follow it.</param>
    /// <param name="size">Pixels on a side, 16 to 2048.</param>
    /// <returns>What was written, in order.</returns>
    /// <exception cref="UniVGException">The modality is unknown, a number impossible, the folder not writable.</exception>
    public static IReadOnlyList<SyntheticImage> WriteDataset(string folder, string modality, int count, int seed, int size)
    {
        var options = new SynthesisOptions { Modality = modality, Count = count, Seed = seed, Size = size };
        return SyntheticDataset.Write(folder, options, overwrite: true);
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
