using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Data;

/// <summary>Brings pictures to the size of their buckets.</summary>
public static class ImagePreparation
{
    /// <summary>Reads a picture of a dataset and prepares it.</summary>
    /// <returns>The picture in exactly its bucket's size.</returns>
    /// <exception cref="Diffusion.UniVGException">The file is gone or no longer readable.</exception>
    public static RgbImage Load(BucketedImage image, bool flipped = false)
    {
        ArgumentNullException.ThrowIfNull(image);
        var prepared = Prepare(ImageFile.Load(image.Path, image.GrayWindow), image.Choice);
        return flipped ? ImageTransforms.FlipHorizontal(prepared) : prepared;
    }

    /// <summary>Resizes a picture and crops its middle.</summary>
    public static RgbImage Prepare(RgbImage image, BucketChoice choice) => ImageTransforms.CropCenter(
        ImageResizer.Resize(image, choice.ResizedWidth, choice.ResizedHeight), choice.Bucket.Width, choice.Bucket.Height);
}
