using System.Numerics;

namespace UniVG.Finetuning.Synthesis.Modalities;

/// <summary>
/// Retinal fundus photograph: an orange disc on black; dark red vessels leave the pale optic disc in four arcades and spare the
/// darker fovea.
/// </summary>
public sealed class RetinalFundus : IModality
{
    private const float Radius = 244;
    private static readonly Vector2 Center = new(256, 256);

    /// <inheritdoc/>
    public string Name => "retinal fundus";

    /// <inheritdoc/>
    public ModalityDrawing Draw(VesselStyle style, int size, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(style);
        ArgumentNullException.ThrowIfNull(random);
        // The temple lies to the right of the optic disc in a left eye.
        var temporal = random.Chance(0.5f) ? 1f : -1f;
        var opticDisc = Center + new Vector2(-temporal * random.NextFloat(112, 136), random.NextFloat(-18, 18));
        var fovea = opticDisc + new Vector2(temporal * random.NextFloat(145, 165), random.NextFloat(4, 20));
        var tree = SpaceColonization.Grow(Growth(style, opticDisc, fovea, temporal, random), random);
        var vessels = VesselRasterizer.Draw(tree, size, style.FinestRadius);
        return new ModalityDrawing(Paint(vessels, opticDisc / 512, fovea / 512, random), vessels, tree);
    }

    private static GrowthOptions Growth(VesselStyle style, Vector2 opticDisc, Vector2 fovea, float temporal, SeededRandom random)
    {
        VesselRoot Arcade(float side, float controlX, float controlY, float endX, float endY) => VesselRoot.Curve(
            opticDisc + new Vector2(random.NextFloat(-6, 6), side * random.NextFloat(2, 8)),
            opticDisc + new Vector2(temporal * controlX, side * (controlY + random.NextFloat(-15, 15))),
            opticDisc + new Vector2(temporal * endX, side * (endY + random.NextFloat(-15, 15))));

        return style.Growth(spacing: 40, trunkRadius: 8.5f) with
        {
            Region = GrowthRegion.Disc(Center, Radius - 8).Except(GrowthRegion.Disc(fovea, 44)),
            Roots =
            [
                Arcade(-1, 5, 120, 110, 140), Arcade(1, 5, 120, 110, 140),
                Arcade(-1, -10, 50, -45, 85), Arcade(1, -10, 50, -45, 85),
            ],
            Tortuosity = 4,
        };
    }

    private static ColorCanvas Paint(VesselRaster vessels, Vector2 opticDisc, Vector2 fovea, SeededRandom random)
    {
        var size = vessels.Size;
        var canvas = new ColorCanvas(size);
        var mottle = NoiseField.Fractal(size, 5, 3, random);
        var retina = new Vector3(0.80f, 0.36f, 0.14f) * random.NextFloat(0.94f, 1.06f);
        var blood = new Vector3(0.36f, 0.05f, 0.03f);
        var nerve = new Vector3(1f, 0.86f, 0.56f);
        var macula = new Vector3(0.50f, 0.18f, 0.07f);
        for (var y = 0; y < size; y++)
        for (var x = 0; x < size; x++)
        {
            var i = (y * size) + x;
            var point = new Vector2(x + 0.5f, y + 0.5f) / size;
            var rim = Vector2.Distance(point, Center / 512);
            if (rim > (Radius / 512) + 0.01f) continue;

            var color = retina * (1.08f - (1.2f * rim * rim) + (0.07f * mottle[i]));
            color = Vector3.Lerp(color, macula, 0.75f * Falloff(point, fovea, 0.075f));
            color = Vector3.Lerp(color, nerve, MathF.Min(1, 1.6f * Falloff(point, opticDisc, 0.08f)));
            color = Vector3.Lerp(color, blood, 0.86f * vessels.Coverage[i]);
            color += new Vector3(0.018f * random.NextGaussian());
            canvas.Pixels[i] = color * Math.Clamp(((Radius / 512) - rim) * 120, 0, 1);
        }

        return canvas;
    }

    // 1 at the centre, 0 from the radius on, flat at both ends.
    private static float Falloff(Vector2 point, Vector2 center, float radius)
    {
        var t = 1 - MathF.Min(1, Vector2.DistanceSquared(point, center) / (radius * radius));
        return t * t * (3 - (2 * t));
    }
}
