using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data.Captions;
using UniVG.Finetuning.Data.Quality;

namespace UniVG.Finetuning.Data;

/// <summary>Finds and checks the pictures of one folder.</summary>
internal sealed class SubsetReader
{
    private static readonly HashSet<string> ImageExtensions = new(
        [".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff"], StringComparer.OrdinalIgnoreCase);

    private readonly AspectBuckets _buckets;
    private readonly List<SkippedFile> _skipped = [];

    /// <summary>Lists the folder's files.</summary>
    /// <exception cref="UniVGException">The folder is missing or unreadable.</exception>
    public SubsetReader(ImageSubset subset)
    {
        Subset = subset;
        _buckets = new AspectBuckets(subset.Options);
        try
        {
            foreach (var nested in Directory.GetDirectories(subset.Folder).Order(StringComparer.Ordinal))
                _skipped.Add(new SkippedFile(nested, "folders inside a folder of pictures are not read; move its pictures up"));
            var files = Directory.GetFiles(subset.Folder).Order(StringComparer.Ordinal).ToArray();
            Files = [.. files.Where(IsImage)];
            OtherFiles = files.Count(file => !IsImage(file) && !file.EndsWith(subset.Options.CaptionExtension, StringComparison.Ordinal));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The folder '{subset.Folder}' cannot be read: {e.Message}", e);
        }

        if (Files.Count == 0) _skipped.Add(new SkippedFile(subset.Folder, "it holds no pictures"));
    }

    /// <summary>The folder.</summary>
    public ImageSubset Subset { get; }

    /// <summary>Its picture files, by name.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>How many files are neither pictures nor captions.</summary>
    public int OtherFiles { get; }

    /// <summary>What in it is not used, other than damaged pictures.</summary>
    public IReadOnlyList<SkippedFile> Skipped => _skipped;

    /// <summary>Whether a file's extension is one of a picture.</summary>
    public static bool IsImage(string file) => ImageExtensions.Contains(Path.GetExtension(file));

    /// <summary>Decodes a picture, reads its caption and chooses its bucket.</summary>
    /// <returns>The picture, or why it cannot be used, as the rest of a sentence.</returns>
    public (BucketedImage? Image, string? Problem) Read(string file)
    {
        try
        {
            var options = Subset.Options;
            var bytes = ImageFile.ReadBytes(file);
            var decoded = ImageFile.Decode(bytes, file, options.Reading with { IgnoreAlpha = options.AlphaMask });
            var image = decoded.Image;
            var captionFile = CaptionFile.Find(file, options.CaptionExtension);
            var caption = captionFile is null ? Subset.Trigger : CaptionFile.Read(captionFile, options.Captions.EnableWildcard);
            var mask = options.MaskFolder is { } folder ? MaskFile.Find(file, folder, image) : ((string Path, string Hash)?)null;
            if (_buckets.Choose(image.Width, image.Height) is not { } choice) return (null, TooSmall(image));
            return (new BucketedImage(file, caption, image.Width, image.Height, Subset.Repeats, choice)
            {
                Options = options,
                IsRegularization = Subset.IsRegularization,
                HasCaptionFile = captionFile is not null,
                MaskPath = mask?.Path,
                MaskHash = mask?.Hash,
                Part = Subset.Part,
                ContentHash = Data.ContentHash.Of(bytes),
                Statistics = ImageStatistics.Of(image),
                Window = decoded.Window,
                Pages = decoded.Pages,
            }, null);
        }
        catch (UniVGException e)
        {
            // Where the reason is shown, the file is named already.
            var named = $"'{file}' ";
            var reason = e.Message.TrimEnd('.');
            return (null, reason.StartsWith(named, StringComparison.Ordinal) ? "it " + reason[named.Length..] : reason);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, e.Message.TrimEnd('.'));
        }
    }

    private string TooSmall(RgbImage image) =>
        $"its {image.Width}×{image.Height} pixels, brought to size, are less than one bucket step of {Subset.Options.BucketStep}; " +
        "allow upscaling or lower the step";
}
