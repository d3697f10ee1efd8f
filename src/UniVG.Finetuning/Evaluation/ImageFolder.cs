using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Evaluation;

/// <summary>The pictures of a folder, whatever their sizes and names.</summary>
/// <param name="Path">The folder.</param>
/// <param name="Images">What was read, by file name.</param>
/// <param name="Skipped">Files that look like pictures but cannot be read, and why.</param>
/// <param name="Found">How many picture files there are; more than were read where there are very many.</param>
public sealed record ImageFolder(string Path, IReadOnlyList<RgbImage> Images, IReadOnlyList<SkippedFile> Skipped, int Found)
{
    /// <summary>How many pictures are read; of more, as many are taken at even steps.</summary>
    public const int MostImages = 500;

    /// <summary>
    /// Reads the pictures that lie in a folder; where none do, those in the folders right below it, as in a data set of
    /// <c>[repeats]_[trigger]</c> folders.
    /// </summary>
    /// <exception cref="UniVGException">The folder is missing, cannot be read, or holds no readable picture.</exception>
    public static ImageFolder Read(string path, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path)) throw new UniVGException($"'{path}' is a file; give a folder of pictures.");
        if (!Directory.Exists(path)) throw new UniVGException($"There is no folder '{path}'; check the path.");
        try
        {
            return Read(path, FilesOf(path), cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException($"The folder '{path}' cannot be read: {e.Message}", e);
        }
    }

    private static ImageFolder Read(string path, string[] files, CancellationToken cancellation)
    {
        if (files.Length == 0) throw new UniVGException($"The folder '{path}' holds no pictures; put PNG, JPEG, WebP or BMP files into it.");
        var (images, skipped) = (new List<RgbImage>(), new List<SkippedFile>());
        var taken = Math.Min(files.Length, MostImages);
        for (var i = 0; i < taken; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            var file = files[(int)((long)i * files.Length / taken)];
            try
            {
                images.Add(ImageFile.Load(file));
            }
            catch (UniVGException e)
            {
                skipped.Add(new SkippedFile(file, e.Message.TrimEnd('.')));
            }
        }

        return images.Count > 0 ? new ImageFolder(path, images, skipped, files.Length) : throw new UniVGException(
            $"None of the {files.Length} pictures in '{path}' can be read; the first: {skipped[0].Reason}.");
    }

    private static string[] FilesOf(string path)
    {
        var here = Pictures(path);
        return here.Length > 0 ? here : [.. Directory.GetDirectories(path).Order(StringComparer.Ordinal).SelectMany(Pictures)];
    }

    private static string[] Pictures(string folder) =>
        [.. Directory.GetFiles(folder).Where(SubsetReader.IsImage).Order(StringComparer.Ordinal)];
}
