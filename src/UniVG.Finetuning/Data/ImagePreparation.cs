using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data;

/// <summary>Brings pictures to the size of their buckets.</summary>
public static class ImagePreparation
{
    /// <summary>Reads a picture of a dataset and its mask, and prepares them.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="flipped">Whether to mirror it.</param>
    /// <param name="random">Draws the crop and the colours where the picture's options vary them; null for the middle and no change.</param>
    /// <exception cref="UniVGException">A file is gone, no longer readable, or has changed since it was checked.</exception>
    public static PreparedImage Load(BucketedImage image, bool flipped = false, Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        var (x, y) = random is not null && image.Options.RandomCrop ? (random.NextDouble(), random.NextDouble()) : ((double?)null, (double?)null);
        var decoded = ImageFile.Decode(ReadUnchanged(image.Path, image.ContentHash), image.Path, image.Options.Reading with { IgnoreAlpha = image.Options.AlphaMask });
        var picture = Prepare(decoded.Image);
        var stored = image.MaskPath is { } path ? ImageFile.Decode(ReadUnchanged(path, image.MaskHash ?? ""), path).Image : image.Options.AlphaMask ? decoded.Alpha : null;
        var mask = stored is null ? null : Prepare(stored);
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

    // Another picture under the same name would be trained on with the caption, bucket and mask of the first.
    private static byte[] ReadUnchanged(string path, string hash)
    {
        var bytes = ImageFile.ReadBytes(path);
        if (hash.Length == 0 || ContentHash.Of(bytes) == hash) return bytes;
        throw new UniVGException($"'{path}' has changed since the dataset was read; read it again with '#!univg data', then train.");
    }

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
