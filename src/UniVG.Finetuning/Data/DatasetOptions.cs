using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data.Captions;
using UniVG.Finetuning.Data.Latents;

namespace UniVG.Finetuning.Data;

/// <summary>How a dataset folder is read. Names and defaults follow SD-Trainer and kohya's trainer.</summary>
public sealed record DatasetOptions
{
    private const int MaxSide = 8192;

    /// <summary>Width that pictures are brought to, in pixels; with buckets, width × height is the area. Default 512.</summary>
    public int Width { get; init; } = 512;

    /// <summary>Height that pictures are brought to, in pixels. Default 512.</summary>
    public int Height { get; init; } = 512;

    /// <summary>Whether pictures keep their aspect ratio, in buckets of about equal area. Default true.</summary>
    public bool EnableBuckets { get; init; } = true;

    /// <summary>Whether pictures smaller than the resolution stay small; only with buckets. Default true.</summary>
    public bool NoUpscale { get; init; } = true;

    /// <summary>Sides of buckets are multiples of this, in pixels, itself a multiple of 8. Default 64.</summary>
    public int BucketStep { get; init; } = 64;

    /// <summary>Shortest side of a bucket, in pixels; used when pictures may be enlarged. Default 256.</summary>
    public int MinBucket { get; init; } = 256;

    /// <summary>Longest side of a bucket, in pixels; used when pictures may be enlarged. Default 1024.</summary>
    public int MaxBucket { get; init; } = 1024;

    /// <summary>Extension of the caption file beside a picture. Default ".txt".</summary>
    public string CaptionExtension { get; init; } = ".txt";

    /// <summary>How captions are changed each time they are fetched. Default: not at all.</summary>
    public CaptionOptions Captions { get; init; } = new();

    /// <summary>Whether every other picture, by chance, is mirrored. Default false.</summary>
    public bool FlipAugmentation { get; init; }

    /// <summary>How stored pixels become 8-bit RGB: the window of 16-bit grey, and the background of transparent pixels.</summary>
    public ImageReadOptions Reading { get; init; } = new();

    /// <summary>Whether the opacity of pictures says where their loss counts; their stored colours are then kept. Default false.</summary>
    public bool AlphaMask { get; init; }

    /// <summary>Whether colours are varied a little, by chance (<see cref="ColorJitter"/>); the latents are then encoded anew each time. Default false.</summary>
    public bool ColorAugmentation { get; init; }

    /// <summary>Whether the crop's place is drawn by chance instead of the middle; the latents are then encoded anew each time. Default false.</summary>
    public bool RandomCrop { get; init; }

    /// <summary>
    /// A folder with a mask for every picture: a picture file of the same name without extension and the same size, in the folder or
    /// in its sub-folder of the picture's folder's name. The loss counts where it is white. Default none.
    /// </summary>
    public string? MaskFolder { get; init; }

    /// <summary>A folder laid out like the dataset, with regularisation pictures. Default none.</summary>
    public string? RegularizationFolder { get; init; }

    /// <summary>
    /// Which part of the pictures is held out to measure the loss on, 0 to 0.5. Default null: a tenth where there are enough pictures
    /// (<see cref="ValidationSplit.MinImages"/>), else none.
    /// </summary>
    public double? Validation { get; init; }

    /// <summary>Images a step, where the dataset itself decides that. Default null: the run's.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Where encoded latents are kept beside memory. Default nowhere.</summary>
    public LatentCacheOptions LatentCache { get; init; } = new();

    /// <summary>Seeds the choice of the held-out pictures. Default 0.</summary>
    public int ValidationSeed { get; init; }

    /// <summary>
    /// Options for a resolution: the step and the shortest side shrink with it, so that a model of 64 pixels has buckets, too.
    /// At 512 pixels these are the defaults.
    /// </summary>
    public static DatasetOptions ForResolution(int width, int height)
    {
        var shortSide = Math.Min(width, height);
        var step = shortSide >= 256 ? 64 : shortSide >= 128 ? 32 : 16;
        return new DatasetOptions
        {
            Width = width,
            Height = height,
            BucketStep = step,
            MinBucket = Math.Max(step, Math.Min(256, shortSide / 2)),
            MaxBucket = Math.Max(1024, Math.Max(width, height)),
        };
    }

    /// <summary>The same options with nothing drawn by chance, as validation needs them.</summary>
    internal DatasetOptions WithoutChance() => this with
    {
        FlipAugmentation = false,
        ColorAugmentation = false,
        RandomCrop = false,
        Captions = Captions with { DropoutRate = 0, DropoutEveryNEpochs = 0, Shuffle = false, TagDropoutRate = 0, TokenWarmupStep = 0 },
    };

    /// <summary>Checks every option.</summary>
    /// <exception cref="UniVGException">An option is impossible; the sentence names all that are.</exception>
    public void Validate()
    {
        var problems = new List<string>();
        if (Width is < 8 or > MaxSide || Height is < 8 or > MaxSide || Width % 8 != 0 || Height % 8 != 0)
            problems.Add($"resolution {Width}×{Height} (both must be multiples of 8, up to {MaxSide})");
        if (EnableBuckets) problems.AddRange(BucketProblems());
        if (string.IsNullOrWhiteSpace(CaptionExtension.Trim('.')))
            problems.Add("an empty caption extension (give one such as .txt)");
        problems.AddRange(Captions.Problems());
        if (Validation is not (null or (>= 0 and <= 0.5))) problems.Add($"validation part {Validation} (must be 0 to 0.5)");
        if (BatchSize is < 1) problems.Add($"batch size {BatchSize} (must be at least 1)");
        if (AlphaMask && MaskFolder is not null) problems.Add("both an alpha mask and a mask folder (choose one)");
        Reading.Validate();
        if (problems.Count > 0) throw new UniVGException($"Impossible dataset options: {string.Join("; ", problems)}.");
    }

    private IEnumerable<string> BucketProblems()
    {
        if (BucketStep < 8 || BucketStep % 8 != 0)
        {
            yield return $"bucket step {BucketStep} (must be a multiple of 8)";
            yield break;
        }

        if (Width < BucketStep || Height < BucketStep)
            yield return $"bucket step {BucketStep} at {Width}×{Height} (must not exceed the resolution)";
        if (NoUpscale) yield break;
        if (MinBucket < 1 || MinBucket > Math.Min(Width, Height))
            yield return $"smallest bucket {MinBucket} at {Width}×{Height} (must be 1 to {Math.Min(Width, Height)})";
        if (MaxBucket < Math.Max(Width, Height))
            yield return $"largest bucket {MaxBucket} at {Width}×{Height} (must be at least {Math.Max(Width, Height)})";
    }
}
