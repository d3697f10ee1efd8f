using UniVG.Diffusion;

namespace UniVG.Finetuning.Synthesis;

/// <summary>Which pictures to generate. The same options give the same bytes.</summary>
public sealed record SynthesisOptions
{
    /// <summary>Name of a modality, see <see cref="KnownModalities"/>.</summary>
    public required string Modality { get; init; }

    /// <summary>How many pictures. Default 8.</summary>
    public int Count { get; init; } = 8;

    /// <summary>Number of the first picture; the others follow it. Default 0.</summary>
    public int Seed { get; init; }

    /// <summary>Pixels on a side, 16 to 2048. Default 256.</summary>
    public int Size { get; init; } = 256;

    /// <summary>Where vessels may grow, within what the modality allows; null for no further limit.</summary>
    public GrowthRegion? Region { get; init; }

    /// <summary>Whether a data set has masks of the vessels, in <c>masks/</c>: 255 on a vessel, else 0.</summary>
    public bool Masks { get; init; }

    /// <summary>Whether a data set has the vessels' axes, in <c>centrelines/</c>: 255 on a line one pixel wide, else 0.</summary>
    public bool Centrelines { get; init; }

    /// <summary>Whether a data set has branch orders, in <c>labels/</c>: each pixel its vessel's Strahler order, 0 beside vessels.</summary>
    public bool Labels { get; init; }

    /// <summary>Whether a data set has a caption beside each picture, such as "retinal fundus, dense thin vessels".</summary>
    public bool Captions { get; init; }

    /// <summary>Generates the pictures, one after the other as they are asked for.</summary>
    /// <exception cref="UniVGException">An option is impossible.</exception>
    public IEnumerable<SyntheticImage> Generate()
    {
        var modality = KnownModalities.Find(Modality);
        if (Count < 1) throw new UniVGException($"{Count} pictures cannot be made; give a count of at least 1.");
        if (Seed > int.MaxValue - Count) throw new UniVGException($"Seeds from {Seed} on are too large for {Count} pictures; give a smaller seed.");
        return Enumerable.Range(Seed, Count).Select(seed => VesselSynthesizer.Generate(modality, seed, Size, Region));
    }
}
