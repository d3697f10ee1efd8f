using System.IO.Compression;
using UniVG.Diffusion;

namespace UniVG.Finetuning.Data.Latents;

/// <summary>NumPy's .npz files: an uncompressed ZIP of .npy arrays, as <c>numpy.savez</c> writes them.</summary>
internal static class NpzFile
{
    private const string Extension = ".npy";

    /// <summary>Reads all arrays.</summary>
    /// <returns>The arrays by name; null where the file is missing, cut short or otherwise no such file.</returns>
    public static Dictionary<string, NpyArray>? TryRead(string path)
    {
        try
        {
            using var zip = ZipFile.OpenRead(path);
            var arrays = new Dictionary<string, NpyArray>();
            foreach (var entry in zip.Entries.Where(entry => entry.Name.EndsWith(Extension, StringComparison.Ordinal)))
            {
                using var stream = entry.Open();
                arrays[entry.Name[..^Extension.Length]] = NpyArray.Read(stream);
            }

            return arrays;
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException or OverflowException or NotSupportedException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Writes arrays; the file appears whole or not at all.</summary>
    /// <exception cref="UniVG.Diffusion.UniVGException">It cannot be written.</exception>
    public static void Write(string path, IReadOnlyDictionary<string, NpyArray> arrays) => AtomicFile.Write(path, stream =>
    {
        using var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true);
        foreach (var (name, array) in arrays)
        {
            using var entry = zip.CreateEntry(name + Extension, CompressionLevel.NoCompression).Open();
            array.Write(entry);
        }
    });
}
