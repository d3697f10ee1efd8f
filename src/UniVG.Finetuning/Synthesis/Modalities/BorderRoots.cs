namespace UniVG.Finetuning.Synthesis.Modalities;

/// <summary>Roots on the border of a canvas of 512, for pictures that show a piece of a larger bed.</summary>
internal static class BorderRoots
{
    /// <summary>Spreads roots over the four sides, starting with a random one, none near a corner.</summary>
    public static VesselRoot[] Scatter(int count, SeededRandom random)
    {
        var side = random.NextInt(4);
        var roots = new VesselRoot[count];
        for (var i = 0; i < count; i++)
        {
            var along = random.NextFloat(70, 442);
            roots[i] = ((side + i) % 4) switch
            {
                0 => VesselRoot.At(along, -12),
                1 => VesselRoot.At(524, along),
                2 => VesselRoot.At(along, 524),
                _ => VesselRoot.At(-12, along),
            };
        }

        return roots;
    }
}
