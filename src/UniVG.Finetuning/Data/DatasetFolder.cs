using UniVG.Diffusion;
using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Data;

/// <summary>
/// Reads a dataset in the folder layout of kohya's trainer: <c>[repeats]_[trigger]</c> sub-folders with pictures and, beside
/// them, caption files. Every picture is decoded once, so that a damaged one is found now and not in the middle of a run.
/// </summary>
public sealed class DatasetFolder
{
    private static readonly HashSet<string> ImageExtensions = new(
        [".png", ".jpg", ".jpeg", ".webp", ".bmp"], StringComparer.OrdinalIgnoreCase);

    private readonly string _path;
    private readonly DatasetOptions _options;
    private readonly AspectBuckets _buckets;
    private readonly List<SkippedFile> _skipped = [];
    private int _otherFiles;

    private DatasetFolder(string path, DatasetOptions options)
    {
        _path = path;
        _options = options;
        _buckets = new AspectBuckets(options);
    }

    /// <summary>Reads a folder.</summary>
    /// <param name="path">The folder that holds the <c>[repeats]_[trigger]</c> folders.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <exception cref="UniVGException">The folder is missing, unreadable or without a usable picture, or an option impossible.</exception>
    public static FineTuningDataset Read(string path, DatasetOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return new DatasetFolder(path, options ?? new DatasetOptions()).Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The dataset folder '{path}' cannot be read: {e.Message}", e);
        }
    }

    private FineTuningDataset Read()
    {
        CheckFolder();
        var concepts = new List<DatasetConcept>();
        foreach (var folder in Sorted(Directory.GetDirectories(_path)))
        {
            if (!ConceptName.TryParse(Path.GetFileName(folder), out var name, out var problem))
                _skipped.Add(new SkippedFile(folder, problem));
            else if (ReadConcept(folder, name) is { } concept)
                concepts.Add(concept);
        }

        _otherFiles += Directory.GetFiles(_path).Length;
        if (concepts.Count == 0) throw NothingUsable();
        return new FineTuningDataset(_path, _options, concepts, _skipped, _otherFiles);
    }

    private void CheckFolder()
    {
        if (File.Exists(_path))
            throw new UniVGException($"'{_path}' is a file; give the folder that holds folders such as 10_modality.");
        if (!Directory.Exists(_path))
            throw new UniVGException($"There is no folder '{_path}'; check the path.");
        if (!Directory.EnumerateFileSystemEntries(_path).Any())
            throw new UniVGException(
                $"The dataset folder '{_path}' is empty; put a folder such as 10_modality with pictures into it.");
        if (!Directory.GetDirectories(_path).Any(d => ConceptName.TryParse(Path.GetFileName(d), out _, out _)))
            throw NoConcept();
    }

    private UniVGException NoConcept()
    {
        var full = Path.GetFullPath(_path);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(full));
        if (ConceptName.TryParse(name, out _, out _) && Directory.EnumerateFiles(_path).Any(IsImage))
        {
            return new UniVGException(
                $"'{_path}' is itself a folder of pictures; give the folder that holds {name}, '{Path.GetDirectoryName(full)}'.");
        }

        return new UniVGException(
            $"'{_path}' holds no folder named [repeats]_[trigger]; put the pictures into one such as " +
            $"'{Path.Combine(_path, "10_modality")}' (each picture 10 times an epoch, trigger word modality).");
    }

    private UniVGException NothingUsable()
    {
        var damaged = _skipped.Where(s => File.Exists(s.Path)).ToArray();
        return damaged.Length == 0
            ? new UniVGException($"The folders in '{_path}' hold no pictures; put PNG, JPEG, WebP or BMP files into them.")
            : new UniVGException(
                $"None of the {damaged.Length} pictures in '{_path}' can be used; " +
                $"the first, {Path.GetFileName(damaged[0].Path)}: {damaged[0].Reason}.");
    }

    private DatasetConcept? ReadConcept(string folder, ConceptName name)
    {
        foreach (var nested in Sorted(Directory.GetDirectories(folder)))
            _skipped.Add(new SkippedFile(nested, "folders inside a folder of pictures are not read; move its pictures up"));

        var files = Sorted(Directory.GetFiles(folder));
        var (found, images) = (0, new List<BucketedImage>());
        foreach (var file in files)
        {
            if (IsImage(file))
            {
                found++;
                if (ReadImage(file, name) is { } image) images.Add(image);
            }
            else if (!file.EndsWith(_options.CaptionExtension, StringComparison.Ordinal))
            {
                _otherFiles++;
            }
        }

        if (found == 0) _skipped.Add(new SkippedFile(folder, "it holds no pictures"));
        return images.Count > 0 ? new DatasetConcept(folder, name.Repeats, name.Trigger, images) : null;
    }

    private BucketedImage? ReadImage(string file, ConceptName name)
    {
        try
        {
            var image = ImageFile.Load(file, _options.GrayWindow);
            var caption = CaptionFile.Find(file, _options.CaptionExtension) is { } path
                ? CaptionFile.Read(path, _options.Captions.EnableWildcard)
                : name.Trigger;
            if (_buckets.Choose(image.Width, image.Height) is { } choice)
            {
                return new BucketedImage(file, caption, image.Width, image.Height, name.Repeats, choice)
                {
                    GrayWindow = _options.GrayWindow,
                };
            }


            _skipped.Add(new SkippedFile(file, TooSmall(image)));
        }
        catch (UniVGException e)
        {
            _skipped.Add(new SkippedFile(file, e.Message.TrimEnd('.')));
        }

        return null;
    }

    private string TooSmall(RgbImage image) =>
        $"its {image.Width}×{image.Height} pixels, brought to size, are less than one bucket step of {_options.BucketStep}; " +
        "allow upscaling or lower the step";

    private static bool IsImage(string file) => ImageExtensions.Contains(Path.GetExtension(file));

    private static string[] Sorted(string[] paths)
    {
        Array.Sort(paths, StringComparer.Ordinal);
        return paths;
    }
}
