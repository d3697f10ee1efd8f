using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Images;

/// <summary>Pictures as the tensors that the VAE reads and writes.</summary>
public static class ImageTensors
{
    private static readonly float[] ValueOf = [.. Enumerable.Range(0, 256).Select(value => (value / 127.5f) - 1)];

    /// <summary>Packs pictures of one size: byte b becomes b / 127.5 − 1.</summary>
    /// <returns>(images, 3, height, width), float32 on the CPU, in [−1, 1]; the caller owns it.</returns>
    /// <exception cref="UniVGException">The pictures differ in size.</exception>
    public static Tensor FromImages(IReadOnlyList<RgbImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfZero(images.Count);
        var (width, height) = (images[0].Width, images[0].Height);
        if (images.FirstOrDefault(image => image.Width != width || image.Height != height) is { } other)
        {
            throw new UniVGException(
                $"Pictures of {width}×{height} and {other.Width}×{other.Height} pixels cannot share a batch; " +
                "resize them first.");
        }

        var packed = empty([images.Count, 3, height, width], ScalarType.Float32, CPU);
        for (var i = 0; i < images.Count; i++) Unpack(images[i].Pixels, Plane(packed, i, 0), Plane(packed, i, 1), Plane(packed, i, 2));
        return packed;
    }

    /// <summary>Unpacks a batch: values are clamped to [−1, 1] and rounded to the nearest byte.</summary>
    /// <param name="pictures">(images, 3, height, width), any floating type and device; NaN becomes black.</param>
    public static RgbImage[] ToImages(Tensor pictures)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        if (pictures.dim() != 4 || pictures.shape[1] != 3)
        {
            throw new ArgumentException(
                $"Expected (images, 3, height, width), got ({string.Join(", ", pictures.shape)}).", nameof(pictures));
        }


        using var scope = NewDisposeScope();
        var (count, height, width) = ((int)pictures.shape[0], (int)pictures.shape[2], (int)pictures.shape[3]);
        var values = pictures.detach().to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray();
        var images = new RgbImage[count];
        for (var i = 0; i < count; i++)
        {
            images[i] = new RgbImage(width, height);
            Pack(values.AsSpan(i * 3 * height * width, 3 * height * width), images[i]);
        }

        return images;
    }

    // Memory of the whole tensor, which therefore has to live on.
    private static Span<float> Plane(Tensor images, int image, int channel)
    {
        using var plane = images[image, channel];
        return MemoryMarshal.Cast<byte, float>(plane.bytes);
    }

    private static void Unpack(ReadOnlySpan<byte> pixels, Span<float> red, Span<float> green, Span<float> blue)
    {
        for (var p = 0; p < red.Length; p++)
        {
            red[p] = ValueOf[pixels[p * 3]];
            green[p] = ValueOf[pixels[(p * 3) + 1]];
            blue[p] = ValueOf[pixels[(p * 3) + 2]];
        }
    }

    private static void Pack(ReadOnlySpan<float> planes, RgbImage image)
    {
        var pixels = image.Width * image.Height;
        for (var p = 0; p < pixels; p++)
        for (var c = 0; c < 3; c++)
        {
            // Max and Min of NaN stay NaN; the cast below would then be undefined.
            var value = planes[(c * pixels) + p];
            image.Pixels[(p * 3) + c] = value > -1 ? (byte)((MathF.Min(value, 1) * 127.5f) + 128f) : (byte)0;
        }
    }
}
