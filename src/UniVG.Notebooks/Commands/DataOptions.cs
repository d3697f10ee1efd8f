using System.CommandLine;
using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data.Captions;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Latents;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary>The options that say how a dataset is read; names follow kohya's trainer and SD-Trainer.</summary>
internal sealed class DataOptions
{
    private readonly Option<PixelSize?> _resolution = OptionFactory.Size("--resolution", "training size; default the model's own (512 for SD 1.5)");
    private readonly Option<bool> _noBucket = OptionFactory.Flag("--no-bucket", "crop all images to one size instead of sorting them by aspect ratio");
    private readonly Option<bool> _upscale = OptionFactory.Flag("--upscale", "enlarge small images to the training size");
    private readonly Option<int?> _bucketStep = OptionFactory.Integer("--bucket-step", "pixels between bucket sizes; default 64", min: 8);
    private readonly Option<int?> _minBucket = OptionFactory.Integer("--min-bucket", "shortest side of a bucket, with --upscale; default 256", min: 8);
    private readonly Option<int?> _maxBucket = OptionFactory.Integer("--max-bucket", "longest side of a bucket, with --upscale; default 1024", min: 8);

    private readonly Option<string?> _window = OptionFactory.Text("--window", "which values of 16-bit grey become black and white; default each image's 0.5th and 99.5th percentile", "LOW,HIGH");
    private readonly Option<string?> _background = OptionFactory.Text("--background", "what shows behind transparent pixels: black, white or #RRGGBB; default black", "COLOR", ValueSources.Words(new("black"), new("white")));

    private readonly Option<string?> _captionExtension = OptionFactory.Text("--caption-extension", "ending of caption files; default .txt", ".txt");
    private readonly Option<string?> _prefix = OptionFactory.Text("--caption-prefix", "put before every caption");
    private readonly Option<string?> _suffix = OptionFactory.Text("--caption-suffix", "put after every caption");
    private readonly Option<bool> _shuffle = OptionFactory.Flag("--shuffle-caption", "shuffle the tags of a caption each time");
    private readonly Option<int?> _keepTokens = OptionFactory.Integer("--keep-tokens", "tags at the start that stay in place; default 0", min: 0);
    private readonly Option<string?> _keepSeparator = OptionFactory.Text("--keep-tokens-separator", "a mark such as ||| behind the tags that stay in place");
    private readonly Option<string?> _separator = OptionFactory.Text("--caption-separator", "what separates tags; default a comma");
    private readonly Option<string?> _secondarySeparator = OptionFactory.Text("--secondary-separator", "binds tags that move together");
    private readonly Option<double?> _dropout = OptionFactory.Number("--caption-dropout-rate", "chance that a caption is left out, 0 to 1; default 0");
    private readonly Option<int?> _dropoutEpochs = OptionFactory.Integer("--caption-dropout-every-n-epochs", "leave all captions out every N epochs; default never", min: 0);
    private readonly Option<double?> _tagDropout = OptionFactory.Number("--caption-tag-dropout-rate", "chance that a tag is left out, 0 to 1; default 0");
    private readonly Option<bool> _wildcard = OptionFactory.Flag("--enable-wildcard", "choose one line of a caption, and one of {a|b|c}, each time");
    private readonly Option<int?> _warmupMin = OptionFactory.Integer("--token-warmup-min", "tags shown at the first step; default 1");
    private readonly Option<double?> _warmupStep = OptionFactory.Number("--token-warmup-step", "step from which all tags are shown, or a part of all steps below 1; default 0");

    private readonly Option<bool> _flip = OptionFactory.Flag("--flip", "also train on mirrored images");
    private readonly Option<bool> _color = OptionFactory.Flag("--color-aug", "vary colours a little; images are then encoded at every step");
    private readonly Option<bool> _randomCrop = OptionFactory.Flag("--random-crop", "crop anywhere instead of the middle; images are then encoded at every step");

    private readonly Option<string?> _regularization = OptionFactory.Text("--reg", "a folder laid out like the dataset, of images that keep what the model knew", "FOLDER", PathSource.Folders);
    private readonly Option<string?> _mask = OptionFactory.Text("--mask", "a folder of masks named as the images: the loss counts where they are white", "FOLDER", PathSource.Folders);
    private readonly Option<bool> _alphaMask = OptionFactory.Flag("--alpha-mask", "the loss counts where an image is opaque");
    private readonly Option<double?> _validation = OptionFactory.Number("--validation", "part of the images held out to measure the loss on, 0 to 0.5; default 0.1 of at least 16 images");
    private readonly Option<int?> _validationSeed = OptionFactory.Integer("--validation-seed", "seeds the choice of the held-out images; default 0", min: 0);

    private readonly Option<bool> _toDisk = OptionFactory.Flag("--cache-latents-to-disk", "keep encoded images for the next run, in the user's cache folder");
    private readonly Option<string?> _cacheFolder = OptionFactory.Text("--cache-dir", "keep them in this folder", "FOLDER", PathSource.Folders);
    private readonly Option<bool> _kohyaCache = OptionFactory.Flag("--read-npz", "use the .npz files that kohya's trainer left beside the images");

    /// <summary>The options by what they are about.</summary>
    public IReadOnlyList<OptionGroup> Groups =>
    [
        new("sizes", [_resolution, _noBucket, _upscale, _bucketStep, _minBucket, _maxBucket]),
        new("pixels", [_window, _background, _flip, _color, _randomCrop]),
        new("captions", [
            _captionExtension, _prefix, _suffix, _shuffle, _keepTokens, _keepSeparator, _separator, _secondarySeparator, _dropout, _dropoutEpochs,
            _tagDropout, _wildcard, _warmupMin, _warmupStep]),
        new("what counts", [_regularization, _mask, _alphaMask, _validation, _validationSeed]),
        new("encoded images", [_toDisk, _cacheFolder, _kohyaCache]),
    ];

    /// <summary>Whether a line gives the resolution.</summary>
    public bool GivesResolution(ParseResult arguments) => arguments.GetValue(_resolution) is not null;

    /// <summary>How to read a dataset.</summary>
    /// <param name="arguments">The parsed line.</param>
    /// <param name="modelSize">The model's own size in pixels.</param>
    /// <param name="defaults">What holds for options that are not given; null for the guide's defaults at the resolution.</param>
    /// <exception cref="UniVGException">An option is impossible.</exception>
    public DatasetOptions Read(ParseResult arguments, int modelSize, DatasetOptions? defaults = null)
    {
        var size = arguments.GetValue(_resolution) ?? new PixelSize(modelSize, modelSize);
        var start = defaults is null ? DatasetOptions.ForResolution(size.Width, size.Height) : defaults with { Width = size.Width, Height = size.Height };
        return start with
        {
            EnableBuckets = start.EnableBuckets && !arguments.GetValue(_noBucket),
            NoUpscale = start.NoUpscale && !arguments.GetValue(_upscale),
            BucketStep = arguments.GetValue(_bucketStep) ?? start.BucketStep,
            MinBucket = arguments.GetValue(_minBucket) ?? start.MinBucket,
            MaxBucket = arguments.GetValue(_maxBucket) ?? start.MaxBucket,
            Reading = new ImageReadOptions
            {
                Window = arguments.GetValue(_window) is { } window ? ParseWindow(window) : null,
                Background = arguments.GetValue(_background) is { } color ? RgbColor.Parse(color) : RgbColor.Black,
            },
            CaptionExtension = arguments.GetValue(_captionExtension) ?? start.CaptionExtension,
            Captions = ReadCaptions(arguments, start.Captions),
            FlipAugmentation = arguments.GetValue(_flip),
            ColorAugmentation = arguments.GetValue(_color),
            RandomCrop = arguments.GetValue(_randomCrop),
            RegularizationFolder = arguments.GetValue(_regularization) is { } regularization ? InputPath.Find(regularization) : null,
            MaskFolder = arguments.GetValue(_mask) is { } mask ? InputPath.Find(mask) : null,
            AlphaMask = arguments.GetValue(_alphaMask),
            Validation = arguments.GetValue(_validation) ?? start.Validation,
            ValidationSeed = arguments.GetValue(_validationSeed) ?? start.ValidationSeed,
            LatentCache = new LatentCacheOptions
            {
                ToDisk = arguments.GetValue(_toDisk) || arguments.GetValue(_cacheFolder) is not null,
                Folder = arguments.GetValue(_cacheFolder),
                ReadBesideImages = arguments.GetValue(_kohyaCache),
            },
        };
    }

    private CaptionOptions ReadCaptions(ParseResult arguments, CaptionOptions start) => new()
    {
        Prefix = arguments.GetValue(_prefix),
        Suffix = arguments.GetValue(_suffix),
        Shuffle = arguments.GetValue(_shuffle),
        KeepTokens = arguments.GetValue(_keepTokens) ?? start.KeepTokens,
        KeepTokensSeparator = arguments.GetValue(_keepSeparator),
        Separator = arguments.GetValue(_separator) ?? start.Separator,
        SecondarySeparator = arguments.GetValue(_secondarySeparator),
        DropoutRate = arguments.GetValue(_dropout) ?? start.DropoutRate,
        DropoutEveryNEpochs = arguments.GetValue(_dropoutEpochs) ?? start.DropoutEveryNEpochs,
        TagDropoutRate = arguments.GetValue(_tagDropout) ?? start.TagDropoutRate,
        EnableWildcard = arguments.GetValue(_wildcard),
        TokenWarmupMin = arguments.GetValue(_warmupMin) ?? start.TokenWarmupMin,
        TokenWarmupStep = arguments.GetValue(_warmupStep) ?? start.TokenWarmupStep,
    };

    private static GrayWindow ParseWindow(string text)
    {
        var parts = text.Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length != 2 || !Number(parts[0], out var low) || !Number(parts[1], out var high))
            throw new UniVGException($"--window is '{text}'; it must be two values such as 100,4000.");
        return new GrayWindow(low, high);

        static bool Number(string part, out double value) => double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
