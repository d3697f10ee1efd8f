using System.Numerics;

namespace UniVG.Finetuning.Synthesis;

/// <summary>Where a tree starts: a point, or a trunk laid along a path before the growth begins.</summary>
/// <param name="Path">Points in canvas units, at least one; the first is the root.</param>
public sealed record VesselRoot(IReadOnlyList<Vector2> Path)
{
    /// <summary>A root without a trunk.</summary>
    public static VesselRoot At(float x, float y) => new([new Vector2(x, y)]);

    /// <summary>A trunk along a quadratic Bézier curve.</summary>
    /// <param name="start">The root.</param>
    /// <param name="control">The point the curve bends towards.</param>
    /// <param name="end">Where the trunk ends.</param>
    public static VesselRoot Curve(Vector2 start, Vector2 control, Vector2 end)
    {
        const int Pieces = 24;
        var path = new Vector2[Pieces + 1];
        for (var i = 0; i <= Pieces; i++)
        {
            var t = i / (float)Pieces;
            path[i] = Vector2.Lerp(Vector2.Lerp(start, control, t), Vector2.Lerp(control, end, t), t);
        }

        return new VesselRoot(path);
    }
}
