using System.Numerics;

namespace UniVG.Finetuning.Synthesis.Modalities;

/// <summary>
/// Laser speckle contrast image of cortical blood flow: blurred vessels that enter from the borders, in the jet colours (blue is
/// still, red is fast).
/// </summary>
public sealed class LaserSpeckle : IModality
{
    /// <inheritdoc/>
    public string Name => "laser speckle";

    /// <inheritdoc/>
    public ModalityDrawing Draw(VesselStyle style, int size, SeededRandom random)
    {
        ArgumentNullException.ThrowIfNull(style);
        ArgumentNullException.ThrowIfNull(random);
        var growth = style.Growth(spacing: 52, trunkRadius: 17) with
        {
            Margin = 30,
            Roots = BorderRoots.Scatter(2 + random.NextInt(3), random),
            Tortuosity = 10,
        };
        var tree = SpaceColonization.Grow(growth, random);
        var vessels = VesselRasterizer.Draw(tree, size, style.FinestRadius);
        return new ModalityDrawing(Paint(vessels, random), vessels, tree);
    }

    private static ColorCanvas Paint(VesselRaster vessels, SeededRandom random)
    {
        var size = vessels.Size;
        var canvas = new ColorCanvas(size);
        var tissue = NoiseField.Fractal(size, 4, 3, random);
        var grain = NoiseField.Smooth(size, 44, random);
        var flow = PlaneBlur.Apply(vessels.Coverage, size, Math.Max(1, size / 110));
        var depth = PlaneBlur.Apply(vessels.Depth, size, Math.Max(1, size / 110));
        var perPixel = 512f / size;
        for (var i = 0; i < canvas.Pixels.Length; i++)
        {
            var vessel = (0.42f * flow[i]) + (0.36f * (1 - MathF.Exp(-0.11f * perPixel * depth[i])));
            var speed = (0.17f + (0.05f * tissue[i]) + vessel) * (1 + (0.11f * grain[i]) + (0.05f * random.NextGaussian()));
            canvas.Pixels[i] = Jet(Math.Clamp(speed, 0, 1));
        }

        return canvas;
    }

    // The classic jet map: each channel a trapezoid around its own quarter of the scale.
    private static Vector3 Jet(float value) => Vector3.Clamp(
        new Vector3(1.5f) - Vector3.Abs(new Vector3(4 * value) - new Vector3(3, 2, 1)), Vector3.Zero, Vector3.One);
}
