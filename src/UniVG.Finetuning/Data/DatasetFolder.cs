using UniVG.Diffusion;

namespace UniVG.Finetuning.Data;

/// <summary>
/// Reads a dataset in the folder layout of kohya's trainer: <c>[repeats]_[trigger]</c> sub-folders with pictures and, beside
/// them, caption files. Every picture is decoded once, so that a damaged one is found now and not in the middle of a run. Nothing is
/// ever written into the folder.
/// </summary>
public static class DatasetFolder
{
    /// <summary>Reads a folder with the default options, or with the given ones.</summary>
    /// <exception cref="UniVGException">The folder is missing, unreadable or without a usable picture, or an option impossible.</exception>
    public static FineTuningDataset Read(string path, DatasetOptions? options = null) =>
        Read(path, options ?? new DatasetOptions(), onImage: null, CancellationToken.None);

    /// <summary>Reads a folder.</summary>
    /// <param name="path">The folder that holds the <c>[repeats]_[trigger]</c> folders.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="onImage">Told how many of how many pictures are checked, from any thread.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="UniVGException">The folder is missing, unreadable or without a usable picture, or an option impossible.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static FineTuningDataset Read(
        string path, DatasetOptions options, Action<int, int>? onImage, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var builder = new DatasetBuilder(path, [options]);
        var subsets = Subsets(path, options, isRegularization: false, builder);
        if (options.RegularizationFolder is { } regularization) subsets.AddRange(Subsets(regularization, options, isRegularization: true, builder));
        return builder.Build(subsets, onImage, cancellationToken);
    }

    private static List<ImageSubset> Subsets(string path, DatasetOptions options, bool isRegularization, DatasetBuilder builder)
    {
        try
        {
            CheckFolder(path);
            var subsets = new List<ImageSubset>();
            foreach (var folder in Directory.GetDirectories(path).Order(StringComparer.Ordinal))
            {
                if (ConceptName.TryParse(Path.GetFileName(folder), out var name, out var problem))
                    subsets.Add(new ImageSubset(folder, name.Repeats, name.Trigger, options) { IsRegularization = isRegularization });
                else
                    builder.Skip(folder, problem);
            }

            builder.CountOtherFiles(path);
            return subsets;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The dataset folder '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static void CheckFolder(string path)
    {
        if (File.Exists(path))
            throw new UniVGException($"'{path}' is a file; give the folder that holds folders such as 10_modality.");
        if (!Directory.Exists(path))
            throw new UniVGException($"There is no folder '{path}'; check the path.");
        if (!Directory.EnumerateFileSystemEntries(path).Any())
            throw new UniVGException(
                $"The dataset folder '{path}' is empty; put a folder such as 10_modality with pictures into it.");
        if (!Directory.GetDirectories(path).Any(d => ConceptName.TryParse(Path.GetFileName(d), out _, out _)))
            throw NoConcept(path);
    }

    private static UniVGException NoConcept(string path)
    {
        var full = Path.GetFullPath(path);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(full));
        if (ConceptName.TryParse(name, out _, out _) && Directory.EnumerateFiles(path).Any(SubsetReader.IsImage))
        {
            return new UniVGException(
                $"'{path}' is itself a folder of pictures; give the folder that holds {name}, '{Path.GetDirectoryName(full)}'.");
        }

        return new UniVGException(
            $"'{path}' holds no folder named [repeats]_[trigger]; put the pictures into one such as " +
            $"'{Path.Combine(path, "10_modality")}' (each picture 10 times an epoch, trigger word modality).");
    }
}
