using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data;

/// <summary>Reads the pictures of all subsets, on all cores, and puts the dataset together.</summary>
/// <param name="source">The folder or file that the dataset is named after.</param>
/// <param name="parts">The options of the dataset's parts.</param>
internal sealed class DatasetBuilder(string source, IReadOnlyList<DatasetOptions> parts)
{
    private const int DamagedShown = 5;

    private readonly List<SkippedFile> _skipped = [];
    private int _otherFiles;

    /// <summary>What of a dataset file cannot be followed, a sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>Notes something that is not used.</summary>
    public void Skip(string path, string reason) => _skipped.Add(new SkippedFile(path, reason));

    /// <summary>Counts the files that lie beside the subsets.</summary>
    public void CountOtherFiles(string folder) => _otherFiles += Directory.GetFiles(folder).Length;

    /// <summary>Reads everything.</summary>
    /// <exception cref="UniVGException">A folder is unreadable, no picture is usable, or a wanted validation split impossible.</exception>
    public FineTuningDataset Build(IReadOnlyList<ImageSubset> subsets, Action<int, int>? onImage, CancellationToken cancellationToken)
    {
        SubsetReader[] readers = [.. subsets.Select(subset => new SubsetReader(subset))];
        foreach (var reader in readers)
        {
            _skipped.AddRange(reader.Skipped);
            _otherFiles += reader.OtherFiles;
        }

        var images = ReadImages(readers, onImage, cancellationToken);
        DatasetConcept[] concepts = [.. readers.Select((reader, i) => new DatasetConcept(
            reader.Subset.Folder, reader.Subset.Repeats, reader.Subset.Trigger, images[i])).Where(concept => concept.Images.Count > 0)];
        DatasetConcept[] training = [.. concepts.Where(concept => !concept.IsRegularization)];
        if (training.Length == 0) throw NothingUsable(readers.Where(reader => !reader.Subset.IsRegularization).Sum(reader => reader.Files.Count));
        if (readers.Any(reader => reader.Subset.IsRegularization) && training.Length == concepts.Length)
            throw new UniVGException("The regularisation folders hold no usable picture; put pictures into them, or leave the option out.");
        return Assemble(training, [.. concepts.Where(concept => concept.IsRegularization)]);
    }

    private BucketedImage[][] ReadImages(SubsetReader[] readers, Action<int, int>? onImage, CancellationToken cancellationToken)
    {
        var files = readers.SelectMany(reader => reader.Files.Select(file => (Reader: reader, File: file))).ToArray();
        var read = new (BucketedImage? Image, string? Problem)[files.Length];
        var done = 0;
        var parallel = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, files.Length, parallel, i =>
        {
            read[i] = files[i].Reader.Read(files[i].File);
            onImage?.Invoke(Interlocked.Increment(ref done), files.Length);
        });
        for (var i = 0; i < files.Length; i++)
            if (read[i].Problem is { } problem) Skip(files[i].File, problem);
        return [.. readers.Select(reader => Enumerable.Range(0, files.Length)
            .Where(i => files[i].Reader == reader && read[i].Image is not null).Select(i => read[i].Image!).ToArray())];
    }

    private FineTuningDataset Assemble(DatasetConcept[] training, DatasetConcept[] regularization)
    {
        var heldOut = new HashSet<BucketedImage>(ReferenceEqualityComparer.Instance);
        for (var part = 0; part < parts.Count; part++)
        {
            heldOut.UnionWith(ValidationSplit.Choose(
                [.. training.SelectMany(concept => concept.Images).Where(image => image.Part == part)], parts[part].Validation, parts[part].ValidationSeed));
        }

        DatasetConcept[] kept = [.. training.Select(concept => concept with { Images = [.. concept.Images.Where(image => !heldOut.Contains(image))] })];
        return new FineTuningDataset(source, parts[0], kept, _skipped, _otherFiles)
        {
            Parts = parts,
            Remarks = Remarks,
            Regularization = Balance(regularization, kept.Sum(concept => concept.Images.Sum(image => image.Repeats))),
            Validation = heldOut.Count == 0 ? null : Validation(training, heldOut),
        };
    }

    private static DatasetConcept[] Balance(DatasetConcept[] regularization, int trainingImages)
    {
        var balanced = RegularizationRepeats.Balance([.. regularization.SelectMany(concept => concept.Images)], trainingImages);
        var byPath = balanced.ToLookup(image => Path.GetDirectoryName(image.Path));
        return [.. regularization.Select(concept => concept with { Images = [.. byPath[Path.GetDirectoryName(concept.Images[0].Path)]] }).Where(concept => concept.Images.Count > 0)];
    }

    // The same each time: nothing is varied, and each picture is shown once.
    private FineTuningDataset Validation(DatasetConcept[] training, HashSet<BucketedImage> heldOut)
    {
        var concepts = training.Select(concept => concept with
        {
            Images = [.. concept.Images.Where(heldOut.Contains).Select(image => image with { Repeats = 1, Options = image.Options.WithoutChance() })],
        });
        return new FineTuningDataset(source, parts[0].WithoutChance(), [.. concepts.Where(concept => concept.Images.Count > 0)], [], 0) { Parts = parts };
    }

    private UniVGException NothingUsable(int files)
    {
        if (files == 0)
            return new UniVGException($"The folders of '{source}' hold no pictures; put {ImageFile.Formats} files into them.");
        var damaged = _skipped.Where(s => File.Exists(s.Path)).ToArray();
        var shown = damaged.Take(DamagedShown).Select(s => $"{Path.GetFileName(s.Path)} ({s.Reason})");
        var more = damaged.Length > DamagedShown ? $", and {damaged.Length - DamagedShown} more" : "";
        return new UniVGException($"None of the {files} pictures of '{source}' can be used: {string.Join(", ", shown)}{more}.");
    }
}
