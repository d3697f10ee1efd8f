namespace UniVG.Diffusion.Checkpoints;

/// <summary>Writes whole files or nothing.</summary>
public static class AtomicFile
{
    /// <summary>Writes beside the target, flushes to the disk and renames; on any fault the target stays as it was.</summary>
    /// <param name="path">The target; its folder is created.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string? partial = null;
        try
        {
            var target = Path.GetFullPath(path);
            if (Directory.Exists(target)) throw new IOException("it is a folder");
            var folder = Path.GetDirectoryName(target)!;
            Directory.CreateDirectory(folder);
            partial = Path.Combine(folder, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.partial");
            using (var stream = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 20))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(partial, target, overwrite: true);
        }
        catch (Exception e)
        {
            if (partial is not null) File.Delete(partial);
            if (e is not (IOException or UnauthorizedAccessException or ArgumentException)) throw;
            throw new CheckpointException($"'{path}' cannot be written: {e.Message.TrimEnd('.')}.", path, innerException: e);
        }
    }

    /// <summary>Writes text in UTF-8.</summary>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) =>
        Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
