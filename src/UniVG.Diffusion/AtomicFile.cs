using System.Text;

namespace UniVG.Diffusion;

/// <summary>Writes whole files or nothing: a reader, or a second process that starts now, never sees half of one.</summary>
public static class AtomicFile
{
    // Small enough to cost next to nothing for a small file; larger pieces pass it by.
    private const int BufferSize = 1 << 16;

    /// <summary>As <see cref="Replace"/>, with a fault told in a sentence.</summary>
    /// <param name="path">The target; its folder is created.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="durable">As for <see cref="Replace"/>.</param>
    /// <exception cref="UniVGException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write, bool durable = true)
    {
        try
        {
            Replace(path, write, durable);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UniVGException($"'{path}' cannot be written: {FileFault.Of(e)}.", e);
        }
    }

    /// <summary>Writes text in UTF-8.</summary>
    /// <exception cref="UniVGException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes beside the target and renames; on any fault the target stays as it was.</summary>
    /// <param name="path">The target; its folder is created.</param>
    /// <param name="write">Writes the content.</param>
    /// <param name="durable">
    /// Whether the content is on the disk before the rename, so that it also survives a power cut; false for what is cheaply made again, as
    /// each flush waits for the disk.
    /// </param>
    /// <exception cref="IOException">The file cannot be written; the system's other exceptions for that are passed on, too.</exception>
    public static void Replace(string path, Action<Stream> write, bool durable = true)
    {
        var partial = PartialOf(path);
        try
        {
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferSize))
            {
                write(stream);
                if (durable) stream.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Finds out whether a file can be written there.</summary>
    /// <exception cref="IOException">It cannot; the system's other exceptions for that are passed on, too.</exception>
    public static void TryOut(string path) => File.Create(PartialOf(path), 1, FileOptions.DeleteOnClose).Dispose();

    private static string PartialOf(string path)
    {
        var target = Path.GetFullPath(path);
        if (Directory.Exists(target)) throw new IOException("it is a folder");
        var folder = Directory.CreateDirectory(Path.GetDirectoryName(target)!).FullName;
        return Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.partial");
    }
}
