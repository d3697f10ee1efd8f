using System.Numerics;

namespace UniVG.Finetuning.Synthesis.Modalities;

/// <summary>
/// Microscopy of the conjunctiva: tortuous red vessels over the pink-white sclera, with a second, deeper layer out of focus.
/// </summary>
public sealed class ConjunctivalMicroscopy : IModality
{
    /// <inheritdoc/>
    public string Name => "conjunctival microscopy";

    /// <inheritdoc/>
    public ModalityDrawing Draw(VesselStyle style, int size, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(style);
        ArgumentNullException.ThrowIfNull(random);
        var tree = SpaceColonization.Grow(Growth(style, roots: 3, trunkRadius: 10, random), random);
        var vessels = VesselRasterizer.Draw(tree, size, style.FinestRadius);
        var deepStyle = style with { Density = VesselDensity.Sparse };
        var deep = SpaceColonization.Grow(Growth(deepStyle, roots: 2, trunkRadius: 10, random), random);
        return new ModalityDrawing(Paint(vessels, VesselRasterizer.Draw(deep, size), random), vessels, tree);
    }

    private static GrowthOptions Growth(VesselStyle style, int roots, float trunkRadius, SeededRandom random) =>
        style.Growth(spacing: 50, trunkRadius) with
        {
            Margin = 30,
            Roots = BorderRoots.Scatter(roots, random),
            Tortuosity = 20,
            Jitter = 0.35f,
        };

    private static ColorCanvas Paint(VesselRaster vessels, VesselRaster deep, SeededRandom random)
    {
        var size = vessels.Size;
        var canvas = new ColorCanvas(size);
        var mottle = NoiseField.Fractal(size, 4, 3, random);
        var blurred = PlaneBlur.Apply(deep.Coverage, size, Math.Max(1, size / 64));
        var sclera = new Vector3(0.93f, 0.83f, 0.79f) * random.NextFloat(0.96f, 1.03f);
        var (blood, pink) = (new Vector3(0.72f, 0.09f, 0.10f), new Vector3(0.88f, 0.55f, 0.53f));
        var (tiltX, tiltY) = (random.NextFloat(-0.12f, 0.12f), random.NextFloat(-0.12f, 0.12f));
        for (var y = 0; y < size; y++)
        for (var x = 0; x < size; x++)
        {
            var i = (y * size) + x;
            var lamp = 1 + (tiltX * (((float)x / size) - 0.5f)) + (tiltY * (((float)y / size) - 0.5f)) + (0.04f * mottle[i]);
            var color = Vector3.Lerp(sclera, pink, 0.55f * blurred[i]);
            color = Vector3.Lerp(color, blood, 0.85f * vessels.Coverage[i]);
            canvas.Pixels[i] = (color * lamp) + new Vector3(0.008f * random.NextGaussian());
        }

        return canvas;
    }
}
