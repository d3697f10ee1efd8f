using UniVG.Diffusion;

namespace UniVG.Finetuning.Synthesis;

/// <summary>
/// Settings of <see cref="SpaceColonization"/>. Lengths are in canvas units; the defaults are those of UniVG's first stage
/// (canvas 512, attraction 15, kill 10, segment 15), which fill a canvas with fine branches. Longer distances give sparser trees.
/// </summary>
public sealed record GrowthOptions
{
    /// <summary>Side of the square canvas. Default 512.</summary>
    public float CanvasSize { get; init; } = 512;

    /// <summary>How far an attractor is felt. Default 15.</summary>
    public float AttractionDistance { get; init; } = 15;

    /// <summary>How near a branch must come for an attractor to be spent. Default 10.</summary>
    public float KillDistance { get; init; } = 10;

    /// <summary>Length of one growth step. Default 15.</summary>
    public float SegmentLength { get; init; } = 15;

    /// <summary>How many attractors are spread over the canvas (those outside the region are dropped). Default 10000:
    /// with fewer, many branches find nothing within reach beyond the kill distance and stop early.</summary>
    public int Attractors { get; init; } = 10_000;

    /// <summary>How far beyond the canvas attractors are placed as well, so that vessels leave the picture. Default 0.</summary>
    public float Margin { get; init; }

    /// <summary>Random part of each step's direction, relative to the attraction. Default 0.1.</summary>
    public float Jitter { get; init; } = 0.1f;

    /// <summary>How much of the parent segment's direction a step keeps, relative to the attraction. Default 0.</summary>
    public float Inertia { get; init; }

    /// <summary>Amplitude of the smooth bends given to the grown tree. Default 0.</summary>
    public float Tortuosity { get; init; }

    /// <summary>Side branches of at most this many segments are cut off after the growth. Default 0.</summary>
    public int PrunedTwigSegments { get; init; }

    /// <summary>Radius of the thickest trunk; all other radii follow by Murray's law. Default 6.</summary>
    public float TrunkRadius { get; init; } = 6;

    /// <summary>The part of the canvas to supply. Default everywhere.</summary>
    public GrowthRegion Region { get; init; } = GrowthRegion.Everywhere;

    /// <summary>A second region that limits the first, such as a user's mask within a modality's anatomy. Default everywhere.</summary>
    public GrowthRegion Within { get; init; } = GrowthRegion.Everywhere;

    /// <summary>Where the trees start. Default: one root, bottom centre of a 512 canvas.</summary>
    public IReadOnlyList<VesselRoot> Roots { get; init; } = [VesselRoot.At(256, 511)];

    /// <summary>Checks every setting.</summary>
    /// <exception cref="UniVGException">A setting is impossible; the sentence names all that are.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        void Require(bool holds, string rule)
        {
            if (!holds) problems.Add(rule);
        }

        Require(CanvasSize > 0, $"canvas size {CanvasSize} (must be above 0)");
        Require(SegmentLength > 0 && SegmentLength <= AttractionDistance,
            $"segment length {SegmentLength} (must be above 0 and at most the attraction distance {AttractionDistance})");
        Require(KillDistance > 0, $"kill distance {KillDistance} (must be above 0)");
        Require(AttractionDistance >= KillDistance,
            $"attraction distance {AttractionDistance} (must be at least the kill distance {KillDistance})");
        Require(Attractors is >= 1 and <= 200_000, $"{Attractors} attractors (must be 1 to 200000)");
        Require(Margin >= 0, $"margin {Margin} (must not be negative)");
        Require(Jitter >= 0, $"jitter {Jitter} (must not be negative)");
        Require(Inertia >= 0, $"inertia {Inertia} (must not be negative)");
        Require(Tortuosity >= 0, $"tortuosity {Tortuosity} (must not be negative)");
        Require(PrunedTwigSegments >= 0, $"pruned twig segments {PrunedTwigSegments} (must not be negative)");
        Require(TrunkRadius > 0, $"trunk radius {TrunkRadius} (must be above 0)");
        Require(Roots.Count > 0 && Roots.All(r => r.Path.Count > 0), "no root (at least one with one point is needed)");
        if (problems.Count > 0) throw new UniVGException($"Impossible vessel growth settings: {string.Join("; ", problems)}.");
    }
}
