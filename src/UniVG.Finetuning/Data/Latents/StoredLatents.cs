using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data.Latents;

/// <summary>The latents of an image as they are kept on disk, unscaled, float32.</summary>
/// <param name="Shape">(channels, h, w).</param>
/// <param name="Values">The image's latents.</param>
/// <param name="Flipped">Those of the mirrored image; null where it was not encoded.</param>
/// <param name="AlphaMask">The image's opacity, 0 to 1, in pixels of its bucket; null without an alpha mask.</param>
internal sealed record StoredLatents(IReadOnlyList<int> Shape, float[] Values, float[]? Flipped, float[]? AlphaMask)
{
    private const string LatentsKey = "latents";
    private const string FlippedKey = "latents_flipped";
    private const string MaskKey = "alpha_mask";
    private const string SizeKey = "original_size";
    private const string CropKey = "crop_ltrb";

    /// <summary>Reads a file in kohya's layout.</summary>
    /// <param name="path">The .npz file.</param>
    /// <param name="image">The image whose latents it should hold.</param>
    /// <param name="pixelsPerLatent">Pixels that a latent stands for on each side.</param>
    /// <returns>The latents; null where the file is missing, damaged, not finite, or not of this image's size, bucket, flip and mask.</returns>
    public static StoredLatents? TryRead(string path, BucketedImage image, int pixelsPerLatent)
    {
        if (!File.Exists(path) || NpzFile.TryRead(path) is not { } arrays || !arrays.TryGetValue(LatentsKey, out var latents)) return null;
        var bucket = image.Choice.Bucket;
        if (latents.Shape is not [_, var height, var width] || height != bucket.Height / pixelsPerLatent || width != bucket.Width / pixelsPerLatent) return null;
        if (!Matches(arrays, SizeKey, [image.Width, image.Height]) || !Matches(arrays, CropKey, Crop(image))) return null;

        var flipped = arrays.GetValueOrDefault(FlippedKey);
        if (image.Options.FlipAugmentation && (flipped is null || !flipped.Shape.SequenceEqual(latents.Shape))) return null;
        var mask = arrays.GetValueOrDefault(MaskKey);
        if (image.Options.AlphaMask ? mask is null || !mask.Shape.SequenceEqual([bucket.Height, bucket.Width]) : mask is not null) return null;

        var stored = new StoredLatents(latents.Shape, latents.Floats(), flipped?.Floats(), mask?.Floats());
        return stored.Values.Concat(stored.Flipped ?? []).All(float.IsFinite) ? stored : null;
    }

    /// <summary>Writes them in kohya's layout.</summary>
    public void Write(string path, BucketedImage image)
    {
        var arrays = new Dictionary<string, NpyArray>
        {
            [LatentsKey] = NpyArray.Of(Shape, Values),
            [SizeKey] = NpyArray.Of((long[])[image.Width, image.Height]),
            [CropKey] = NpyArray.Of(Crop(image)),
        };
        if (Flipped is not null) arrays[FlippedKey] = NpyArray.Of(Shape, Flipped);
        if (AlphaMask is not null) arrays[MaskKey] = NpyArray.Of([image.Choice.Bucket.Height, image.Choice.Bucket.Width], AlphaMask);
        NpzFile.Write(path, arrays);
    }

    /// <summary>
    /// Left, top, right and bottom of the image inside its bucket as kohya's trainer writes them: the bucket around the whole image, not the
    /// crop that was taken.
    /// </summary>
    internal static double[] Crop(BucketedImage image)
    {
        var (width, height) = ((double)image.Choice.Bucket.Width, (double)image.Choice.Bucket.Height);
        var aspect = image.Width / (double)image.Height;
        var (shownWidth, shownHeight) = width / height > aspect ? (height * aspect, height) : (width, width / aspect);
        var (left, top) = (Math.Floor((width - shownWidth) / 2), Math.Floor((height - shownHeight) / 2));
        return [left, top, left + shownWidth, top + shownHeight];
    }

    // A whole pixel of leeway: other programs round.
    private static bool Matches(Dictionary<string, NpyArray> arrays, string key, double[] expected) =>
        !arrays.TryGetValue(key, out var array) || (array.Doubles() is var found && found.Length == expected.Length && found.Zip(expected).All(p => Math.Abs(p.First - p.Second) <= 1));
}
