using System.Numerics;

namespace UniVG.Finetuning.Synthesis.Modalities;

/// <summary>
/// OCT angiography of the macula: bright vessels and a net of capillaries on black, both sparing the dark foveal avascular zone.
/// </summary>
public sealed class OctAngiography : IModality
{
    private const int VesselCount = 6;

    /// <inheritdoc/>
    public string Name => "oct angiography";

    /// <inheritdoc/>
    public ModalityDrawing Draw(VesselStyle style, int size, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(style);
        ArgumentNullException.ThrowIfNull(random);
        var fovea = new Vector2(random.NextFloat(236, 276), random.NextFloat(236, 276));
        var zone = random.NextFloat(58, 82);
        var tree = SpaceColonization.Grow(Growth(style, fovea, zone, random), random);
        var vessels = VesselRasterizer.Draw(tree, size, style.FinestRadius);
        return new ModalityDrawing(Paint(style, vessels, fovea / 512, zone / 512, random), vessels, tree);
    }

    private static GrowthOptions Growth(VesselStyle style, Vector2 fovea, float zone, SeededRandom random)
    {
        var turn = random.NextFloat(0, MathF.Tau);
        var roots = new VesselRoot[VesselCount];
        for (var i = 0; i < VesselCount; i++)
        {
            var angle = turn + ((i + random.NextFloat(-0.25f, 0.25f)) * MathF.Tau / VesselCount);
            var ray = new Vector2(MathF.Cos(angle), MathF.Sin(angle));
            var toBorder = 262 / MathF.Max(MathF.Abs(ray.X), MathF.Abs(ray.Y));
            roots[i] = VesselRoot.At(256 + (ray.X * toBorder), 256 + (ray.Y * toBorder));
        }

        return style.Growth(spacing: 38, trunkRadius: 9) with
        {
            Region = GrowthRegion.Ring(fovea, zone, 400),
            Roots = roots,
            Tortuosity = 7,
        };
    }

    private static ColorCanvas Paint(VesselStyle style, VesselRaster vessels, Vector2 fovea, float zone, SeededRandom random)
    {
        var size = vessels.Size;
        var canvas = new ColorCanvas(size);
        var loops = style.Density switch { VesselDensity.Sparse => 9, VesselDensity.Medium => 10, _ => 12 };
        var net = CapillaryNet.Draw(size, loops, random);
        var perfusion = NoiseField.Fractal(size, 4, 2, random);
        var ragged = NoiseField.Smooth(size, 9, random);
        for (var y = 0; y < size; y++)
        for (var x = 0; x < size; x++)
        {
            var i = (y * size) + x;
            var fromFovea = Vector2.Distance(new Vector2(x + 0.5f, y + 0.5f) / size, fovea);
            var outside = Math.Clamp((fromFovea - zone - (0.015f * ragged[i])) * 40, 0, 1);
            var capillaries = net[i] * (0.34f + (0.10f * perfusion[i])) * outside;
            var light = 0.03f + (0.05f * outside) + MathF.Max(capillaries, 0.97f * vessels.Coverage[i]);
            // Speckle multiplies the signal.
            canvas.SetGray(i, light * (1 + (0.20f * random.NextGaussian())));
        }

        return canvas;
    }
}
