using System.Numerics;

namespace UniVG.Finetuning.Synthesis.Modalities;

/// <summary>
/// Cerebral digital subtraction angiogram: one dark tree on light grey, rising from the carotid at the lower border.
/// </summary>
public sealed class CerebralAngiogram : IModality
{
    /// <inheritdoc/>
    public string Name => "cerebral angiogram";

    /// <inheritdoc/>
    public ModalityDrawing Draw(VesselStyle style, int size, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(style);
        ArgumentNullException.ThrowIfNull(random);
        var tree = SpaceColonization.Grow(Growth(style, random), random);
        var vessels = VesselRasterizer.Draw(tree, size, style.FinestRadius);
        return new ModalityDrawing(Paint(vessels, random), vessels, tree);
    }

    private static GrowthOptions Growth(VesselStyle style, SeededRandom random)
    {
        var entry = new Vector2(random.NextFloat(190, 320), 520);
        var fork = new Vector2(entry.X + random.NextFloat(-40, 40), random.NextFloat(320, 370));
        var siphon = new Vector2(entry.X + (random.Chance(0.5f) ? 60 : -60), 430);
        return style.Growth(spacing: 36, trunkRadius: 14) with
        {
            Region = GrowthRegion.Ellipse(new Vector2(256, 225), new Vector2(235, 205)),
            Roots = [VesselRoot.Curve(entry, siphon, fork)],
            Tortuosity = 9,
        };
    }

    private static ColorCanvas Paint(VesselRaster vessels, SeededRandom random)
    {
        var size = vessels.Size;
        var canvas = new ColorCanvas(size);
        var mottle = NoiseField.Fractal(size, 5, 3, random);
        var blush = PlaneBlur.Apply(vessels.Coverage, size, size / 14);
        var perPixel = 512f / size;
        var level = random.NextFloat(0.78f, 0.86f);
        for (var i = 0; i < canvas.Pixels.Length; i++)
        {
            var ground = level + (0.035f * mottle[i]) - (0.10f * blush[i]);
            var ray = MathF.Exp(-0.13f * perPixel * vessels.Depth[i]);
            canvas.SetGray(i, (ground * (0.10f + (0.90f * ray))) + (0.022f * random.NextGaussian()));
        }

        return canvas;
    }
}
