using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Sampling;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Training;

/// <summary>
/// Writes samples at their real size into the folder <c>sample</c> beside a run's files, as kohya's trainer does, each with the
/// parameters it was drawn with. A disk that takes none costs the files, not the samples.
/// </summary>
/// <param name="session">What draws.</param>
/// <param name="notebookFolder">Where the notebook is, for links to the files.</param>
internal sealed class SampleFiles(UniVGSession session, string notebookFolder)
{
    private const string FolderName = "sample";
    private const string Ending = ".png";

    /// <summary>The folder in which a command's samples get theirs; null for the run's, else the guide's.</summary>
    public string? Folder { get; init; }

    /// <summary>Why the last samples were not written: one sentence; null where they were.</summary>
    public string? Fault { get; private set; }

    /// <summary>Writes the samples of a run after its present step.</summary>
    /// <param name="images">The samples, in the order of their seeds.</param>
    /// <param name="request">How they were drawn.</param>
    /// <param name="run">The run.</param>
    /// <param name="files">The run's files.</param>
    public SavedSamples SaveOfRun(IReadOnlyList<RgbImage> images, ImageRequest request, FineTuningRun run, RunFiles files)
        => Save(images, request, Path.Combine(files.Folder, FolderName), _ => string.Create(CultureInfo.InvariantCulture, $"{files.Name}-step{run.Step:D8}"), scale: 1);

    /// <summary>Writes samples that a command drew, below the first number that is free.</summary>
    /// <param name="images">The samples, in the order of their seeds.</param>
    /// <param name="request">How they were drawn.</param>
    /// <param name="scale">What multiplied the adapters' strengths; 0 for without them.</param>
    public SavedSamples SaveOfCommand(IReadOnlyList<RgbImage> images, ImageRequest request, double scale)
    {
        var adapter = scale == 0 || session.Adapters.Count == 0 ? null : session.Adapters[0];
        var name = adapter is null ? session.RequireModel().Name : adapter.IsOwn && session.Keeper is { } keeper ? keeper.Files.Name : adapter.Name;
        var folder = Folder ?? session.Keeper?.Files.Folder ?? AdapterOutput.DefaultFolder;
        return Save(images, request, Path.Combine(folder, FolderName), place => FirstFree(place, name), scale);
    }

    private static string FirstFree(string folder, string name)
    {
        var taken = Directory.EnumerateFiles(folder, name + "-*" + Ending).Select(path => Path.GetFileName(path)[(name.Length + 1)..])
            .Select(rest => int.TryParse(rest.AsSpan(0, Math.Max(0, rest.IndexOf('-', StringComparison.Ordinal))), CultureInfo.InvariantCulture, out var number) ? number : 0);
        return string.Create(CultureInfo.InvariantCulture, $"{name}-{taken.DefaultIfEmpty(0).Max() + 1:D5}");
    }

    private SavedSamples Save(IReadOnlyList<RgbImage> images, ImageRequest request, string folder, Func<string, string> stemIn, double scale)
    {
        Fault = null;
        GridImage[] labelled = [.. images.Select((image, i) => ImageDrawing.Label(image, request, i))];
        try
        {
            folder = Directory.CreateDirectory(folder).FullName;
            var stem = stemIn(folder);
            string[] files = [.. images.Select((image, i) => Write(image, request, request.Seed + i, Path.Combine(folder, stem), scale))];
            return new SavedSamples([.. labelled.Zip(files, (image, file) => image with { File = FileAddress.Of(file, notebookFolder) })], files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fault = $"The samples could not be written to '{folder}' ({FileFault.Of(e)}); they are only in this notebook.";
            return new SavedSamples(labelled, []);
        }
    }

    private string Write(RgbImage image, ImageRequest request, long seed, string stem, double scale)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{stem}-seed{seed}{Ending}");
        var parameters = new GenerationParameters(
            request.Prompt, request.Steps, KnownSamplers.Find(request.Sampler).Title, request.GuidanceScale, seed, image.Width, image.Height)
        {
            NegativePrompt = request.NegativePrompt,
            Model = session.RequireModel().Name,
            Extras = [.. Extras(request, scale)],
        };
        var bytes = PngImage.Encode(image, parameters);
        AtomicFile.Replace(path, stream => stream.Write(bytes), durable: false);
        return path;
    }

    private IEnumerable<KeyValuePair<string, string>> Extras(ImageRequest request, double scale)
    {
        if (request.ClipSkip > 1) yield return new("Clip skip", request.ClipSkip.ToString(CultureInfo.InvariantCulture));
        if (scale == 0 || session.Adapters.Count == 0) yield break;
        var strengths = session.Adapters.Select(adapter => string.Create(CultureInfo.InvariantCulture, $"{adapter.Name} {adapter.Scale * scale:0.####}"));
        yield return new("Adapters", string.Join("; ", strengths));
        if (session.Run is { Step: > 0 } run) yield return new("Adapter step", run.Step.ToString(CultureInfo.InvariantCulture));
    }
}
