namespace UniVG.Finetuning.Synthesis;

/// <summary>What a caption says about the vessels of a picture.</summary>
/// <param name="Density">How closely they fill it.</param>
/// <param name="Caliber">How wide they are.</param>
public sealed record VesselStyle(VesselDensity Density, VesselCaliber Caliber)
{
    /// <summary>Where vessels may grow, within what the modality allows; null for no further limit.</summary>
    public GrowthRegion? Region { get; init; }

    /// <summary>Every combination, the order is fixed.</summary>
    public static IReadOnlyList<VesselStyle> All { get; } =
    [
        .. from density in Enum.GetValues<VesselDensity>()
           from caliber in Enum.GetValues<VesselCaliber>()
           select new VesselStyle(density, caliber),
    ];

    /// <summary>The caption of a picture, such as "retinal fundus, dense thin vessels".</summary>
    public string Caption(string modality) => $"{modality}, {Name(Density)} {Name(Caliber)} vessels";

    /// <summary>
    /// Radius below which no vessel is drawn, on a canvas of 512: the finest are then 1.2 pixels wide in a picture of 64, which
    /// the VAE of univg-tiny can keep, and thick ones 1.6.
    /// </summary>
    internal float FinestRadius => Caliber == VesselCaliber.Thin ? 4.8f : 6.4f;

    /// <summary>
    /// Growth settings on a canvas of 512 whose branches are still apart when the picture is only 64 pixels wide.
    /// </summary>
    /// <param name="spacing">Distance between neighbouring branches at medium density, in canvas units.</param>
    /// <param name="trunkRadius">Radius of the trunk half-way between thin and thick, in canvas units.</param>
    internal GrowthOptions Growth(float spacing, float trunkRadius)
    {
        var kill = spacing * Density switch { VesselDensity.Sparse => 1.5f, VesselDensity.Medium => 1f, _ => 0.74f };
        var perRow = 512 / (kill * 0.7f);
        return new GrowthOptions
        {
            KillDistance = kill,
            AttractionDistance = kill * 1.7f,
            SegmentLength = 7,
            Attractors = (int)(perRow * perRow),
            Jitter = 0.15f,
            Inertia = 0.6f,
            Tortuosity = 5,
            PrunedTwigSegments = 5,
            TrunkRadius = trunkRadius * (Caliber == VesselCaliber.Thin ? 0.65f : 1.35f),
            Within = Region ?? GrowthRegion.Everywhere,
        };
    }

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLowerInvariant();
}
