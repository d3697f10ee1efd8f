using System.Numerics;

namespace UniVG.Finetuning.Synthesis.Modalities;

/// <summary>
/// X-ray coronary angiogram: two contrast-filled arteries leave a catheter over a mottled grey chest, noisy, often behind a
/// round collimator.
/// </summary>
public sealed class CoronaryAngiogram : IModality
{
    /// <inheritdoc/>
    public string Name => "coronary angiogram";

    /// <inheritdoc/>
    public ModalityDrawing Draw(VesselStyle style, int size, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(style);
        ArgumentNullException.ThrowIfNull(random);
        var ostium = new Vector2(random.NextFloat(110, 190), random.NextFloat(80, 140));
        var tree = SpaceColonization.Grow(Growth(style, ostium, random), random);
        var vessels = VesselRasterizer.Draw(tree, size, style.FinestRadius);
        var catheter = VesselRasterizer.Draw(Catheter(ostium, random), size);
        return new ModalityDrawing(Paint(vessels, catheter, random), vessels, tree);
    }

    private static GrowthOptions Growth(VesselStyle style, Vector2 ostium, SeededRandom random)
    {
        Vector2 Point(float x, float y) => ostium + new Vector2(x + random.NextFloat(-35, 35), y + random.NextFloat(-35, 35));
        return style.Growth(spacing: 40, trunkRadius: 12) with
        {
            Region = GrowthRegion.Ellipse(new Vector2(285, 290), new Vector2(185, 180)),
            Roots =
            [
                VesselRoot.Curve(ostium, Point(110, -20), Point(190, 60)),
                VesselRoot.Curve(ostium, Point(-5, 80), Point(40, 150)),
            ],
            Tortuosity = 8,
        };
    }

    private static VesselTree Catheter(Vector2 ostium, SeededRandom random)
    {
        var entry = new Vector2(ostium.X + random.NextFloat(-60, 40), -10);
        var path = VesselRoot.Curve(entry, new Vector2(ostium.X - 40, 40), ostium).Path;
        return new VesselTree(512, [.. path.Select((p, i) => new VesselNode(i - 1, p, 5.5f))]);
    }

    private static ColorCanvas Paint(VesselRaster vessels, VesselRaster catheter, SeededRandom random)
    {
        var size = vessels.Size;
        var canvas = new ColorCanvas(size);
        var mottle = NoiseField.Fractal(size, 4, 4, random);
        var depth = PlaneBlur.Apply(vessels.Depth, size, size / 256);
        var perPixel = 512f / size;
        var level = random.NextFloat(0.52f, 0.66f);
        var (shade, rib) = (random.NextFloat(-0.14f, 0.14f), random.NextFloat(0, MathF.Tau));
        var aperture = random.Chance(0.6f) ? random.NextFloat(0.49f, 0.54f) : 1;
        for (var y = 0; y < size; y++)
        for (var x = 0; x < size; x++)
        {
            var i = (y * size) + x;
            var (u, v) = ((x + 0.5f) / size, (y + 0.5f) / size);
            var chest = level + (0.13f * mottle[i]) + (shade * (u - v)) + (0.035f * MathF.Sin((v * 19) - (u * 7) + rib));
            // Beer-Lambert: iodine on the ray darkens by its length.
            var ray = MathF.Exp((-0.12f * perPixel * depth[i]) - (0.05f * perPixel * catheter.Depth[i]));
            var light = (chest * ray) + (0.045f * random.NextGaussian());
            var rim = MathF.Sqrt(((u - 0.5f) * (u - 0.5f)) + ((v - 0.5f) * (v - 0.5f)));
            canvas.SetGray(i, light * Math.Clamp((aperture - rim) * 90, 0, 1));
        }

        return canvas;
    }
}
