namespace UniVG.Finetuning.Data.Buckets;

/// <summary>
/// Which bucket a picture belongs to, by the rules of kohya's trainer (sd-scripts, <c>BucketManager</c>): one fixed size
/// without buckets; the nearest aspect ratio of a fixed list when pictures may be enlarged; else the largest multiple of the
/// step that fits.
/// </summary>
public sealed class AspectBuckets
{
    private readonly DatasetOptions _options;

    /// <summary>Prepares the buckets that belong to the options.</summary>
    /// <exception cref="Diffusion.UniVGException">An option is impossible.</exception>
    public AspectBuckets(DatasetOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        Predefined = !options.EnableBuckets ? [new BucketSize(options.Width, options.Height)]
            : options.NoUpscale ? []
            : List(options);
    }

    /// <summary>The buckets to choose from, by width and height; none without upscaling: they follow from the pictures.</summary>
    public IReadOnlyList<BucketSize> Predefined { get; }

    /// <summary>Chooses the bucket of a picture of the given size.</summary>
    /// <returns>The choice; null when the picture is smaller than the smallest bucket and must not be enlarged.</returns>
    public BucketChoice? Choose(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        return Predefined.Count > 0 ? Cover(Nearest(width, height), width, height) : Fit(width, height);
    }

    private static List<BucketSize> List(DatasetOptions options)
    {
        var (step, area) = (options.BucketStep, options.Width * options.Height);
        // Kohya widens the limits to whole steps.
        var min = options.MinBucket / step * step;
        var max = (options.MaxBucket + step - 1) / step * step;
        var square = (int)Math.Sqrt(area) / step * step;
        var sizes = new SortedSet<BucketSize> { new(square, square) };
        for (var width = Math.Max(min, step); width <= max; width += step)
        {
            var height = Math.Min(max, area / width / step * step);
            if (height < Math.Max(min, step)) continue;
            sizes.Add(new BucketSize(width, height));
            sizes.Add(new BucketSize(height, width));
        }

        return [.. sizes];
    }

    private BucketSize Nearest(int width, int height)
    {
        var exact = new BucketSize(width, height);
        return Predefined.Contains(exact) ? exact : Predefined.MinBy(b => Math.Abs(b.AspectRatio - exact.AspectRatio));
    }

    // Scaled until the bucket is covered; what stands over is cropped.
    private static BucketChoice Cover(BucketSize bucket, int width, int height)
    {
        var aspect = (double)width / height;
        var scale = aspect > bucket.AspectRatio ? bucket.Height / (double)height : bucket.Width / (double)width;
        return new BucketChoice(bucket, Round(width * scale), Round(height * scale), bucket.AspectRatio - aspect);
    }

    // Shrunk to the area if larger, then cropped to whole steps; never enlarged.
    private BucketChoice? Fit(int width, int height)
    {
        var aspect = (double)width / height;
        var area = (double)_options.Width * _options.Height;
        var (resizedWidth, resizedHeight) = (double)width * height > area ? Shrink(aspect, area) : (width, height);
        var bucket = new BucketSize(FloorToStep(resizedWidth), FloorToStep(resizedHeight));
        if (bucket.Width == 0 || bucket.Height == 0) return null;
        return new BucketChoice(bucket, resizedWidth, resizedHeight, bucket.AspectRatio - aspect);
    }

    // One side becomes a whole number of steps: the side that distorts the aspect ratio less.
    private (int Width, int Height) Shrink(double aspect, double area)
    {
        var idealWidth = Math.Sqrt(area * aspect);
        var wholeWidth = FloorToStep(Round(idealWidth));
        var wholeHeight = FloorToStep(Round(area / idealWidth));
        var byWidth = wholeWidth / (double)FloorToStep(Round(wholeWidth / aspect));
        var byHeight = FloorToStep(Round(wholeHeight * aspect)) / (double)wholeHeight;
        return Math.Abs(byWidth - aspect) < Math.Abs(byHeight - aspect)
            ? (wholeWidth, Round(wholeWidth / aspect))
            : (Round(wholeHeight * aspect), wholeHeight);
    }

    private static int Round(double value) => (int)(value + 0.5);

    private int FloorToStep(int value) => value - (value % _options.BucketStep);
}
