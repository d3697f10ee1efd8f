using static TorchSharp.torch;

namespace UniVG.Diffusion.Images;

/// <summary>Pictures as the tensors that the VAE reads and writes.</summary>
public static class ImageTensors
{
    /// <summary>Packs pictures of one size: byte b becomes b / 127.5 − 1.</summary>
    /// <returns>(images, 3, height, width), float32 on the CPU, in [−1, 1]; the caller owns it.</returns>
    /// <exception cref="UniVGException">The pictures differ in size.</exception>
    public static Tensor FromImages(IReadOnlyList<RgbImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfZero(images.Count);
        var (width, height) = (images[0].Width, images[0].Height);
        var values = new float[images.Count * 3 * height * width];
        for (var i = 0; i < images.Count; i++)
        {
            if (images[i].Width != width || images[i].Height != height)
            {
                throw new UniVGException(
                    $"Pictures of {width}×{height} and {images[i].Width}×{images[i].Height} pixels cannot share a batch; " +
                    "resize them first.");
            }

            Unpack(images[i], values.AsSpan(i * 3 * height * width, 3 * height * width));
        }

        return tensor(values, [images.Count, 3, height, width]);
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

    private static void Unpack(RgbImage image, Span<float> planes)
    {
        var pixels = image.Width * image.Height;
        for (var p = 0; p < pixels; p++)
        for (var c = 0; c < 3; c++)
            planes[(c * pixels) + p] = (image.Pixels[(p * 3) + c] / 127.5f) - 1;
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
