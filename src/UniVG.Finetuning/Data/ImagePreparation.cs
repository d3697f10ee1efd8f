using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Data;

/// <summary>Brings pictures to the size of their buckets.</summary>
public static class ImagePreparation
{
    /// <summary>Reads a picture of a dataset and its mask, and prepares them.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="flipped">Whether to mirror it.</param>
    /// <param name="random">Draws the crop and the colours where the picture's options vary them; null for the middle and no change.</param>
    /// <exception cref="Diffusion.UniVGException">A file is gone or no longer readable.</exception>
    public static PreparedImage Load(BucketedImage image, bool flipped = false, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (x, y) = random is not null && image.Options.RandomCrop ? (random.NextDouble(), random.NextDouble()) : ((double?)null, (double?)null);
        var picture = Prepare(ImageFile.Load(image.Path, image.Options.GrayWindow));
        var mask = image.MaskPath is { } path ? Prepare(ImageFile.Load(path)) : null;
        if (random is not null && image.Options.ColorAugmentation) picture = ColorJitter.Apply(picture, random);
        return new PreparedImage(picture, mask);

        RgbImage Prepare(RgbImage read)
        {
            var prepared = Fit(read, image.Choice, x, y);
            return flipped ? ImageTransforms.FlipHorizontal(prepared) : prepared;
        }
    }

    /// <summary>Resizes a picture and crops its middle.</summary>
    public static RgbImage Prepare(RgbImage image, BucketChoice choice) => Fit(image, choice, x: null, y: null);

    // x and y, from 0 to below 1, place the crop; null takes the middle.
    private static RgbImage Fit(RgbImage image, BucketChoice choice, double? x, double? y)
    {
        var resized = ImageResizer.Resize(image, choice.ResizedWidth, choice.ResizedHeight);
        var bucket = choice.Bucket;
        if (x is null || y is null) return ImageTransforms.CropCenter(resized, bucket.Width, bucket.Height);
        return ImageTransforms.Crop(
            resized, (int)(x * (resized.Width - bucket.Width + 1)), (int)(y * (resized.Height - bucket.Height + 1)), bucket.Width, bucket.Height);
    }
}
