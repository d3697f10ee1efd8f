using System.Numerics;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Synthesis;

/// <summary>The part of the canvas that is to be supplied with vessels: attractors are placed inside it.</summary>
public sealed class GrowthRegion
{
    private readonly Func<Vector2, bool> _contains;

    private GrowthRegion(Func<Vector2, bool> contains) => _contains = contains;

    /// <summary>The whole canvas.</summary>
    public static GrowthRegion Everywhere { get; } = new(_ => true);

    /// <summary>Whether a point, in canvas units, belongs to the region.</summary>
    public bool Contains(Vector2 point) => _contains(point);

    /// <summary>A disc, in canvas units.</summary>
    public static GrowthRegion Disc(Vector2 center, float radius) =>
        new(p => Vector2.DistanceSquared(p, center) <= radius * radius);

    /// <summary>An axis-parallel ellipse, in canvas units.</summary>
    public static GrowthRegion Ellipse(Vector2 center, Vector2 radii) =>
        new(p => ((p - center) / radii).LengthSquared() <= 1);

    /// <summary>A ring between two radii around a centre, in canvas units.</summary>
    public static GrowthRegion Ring(Vector2 center, float innerRadius, float outerRadius) =>
        Disc(center, outerRadius).Except(Disc(center, innerRadius));

    /// <summary>
    /// The foreground of a mask, such as a real vessel mask, stretched over the canvas.
    /// </summary>
    /// <param name="mask">Rows × columns; true inside.</param>
    /// <param name="canvasSize">Side of the canvas the mask is stretched over.</param>
    public static GrowthRegion Mask(bool[,] mask, float canvasSize)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var (rows, columns) = (mask.GetLength(0), mask.GetLength(1));
        return new(p =>
        {
            var (row, column) = ((int)MathF.Floor(p.Y / canvasSize * rows), (int)MathF.Floor(p.X / canvasSize * columns));
            return row >= 0 && row < rows && column >= 0 && column < columns && mask[row, column];
        });
    }

    /// <summary>The white part of a picture, such as a mask of an organ, stretched over the canvas of the modalities.</summary>
    /// <param name="path">A picture file; pixels count as white where their mean of red, green and blue is 128 or more.</param>
    /// <param name="canvasSize">Side of the canvas the picture is stretched over.</param>
    /// <exception cref="UniVGException">The file cannot be read, or nothing in it is white.</exception>
    public static GrowthRegion FromFile(string path, float canvasSize = 512)
    {
        var image = ImageFile.Load(path);
        var mask = new bool[image.Height, image.Width];
        var white = 0;
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            if (image.Pixels[i * 3] + image.Pixels[(i * 3) + 1] + image.Pixels[(i * 3) + 2] < 3 * 128) continue;
            mask[i / image.Width, i % image.Width] = true;
            white++;
        }

        return white > 0 ? Mask(mask, canvasSize) : throw new UniVGException(
            $"'{path}' has no white part (brightness 128 or more) in which vessels could grow; paint the region white on black.");
    }

    /// <summary>This region without another one.</summary>
    public GrowthRegion Except(GrowthRegion hole)
    {
        ArgumentNullException.ThrowIfNull(hole);
        return new(p => Contains(p) && !hole.Contains(p));
    }
}
