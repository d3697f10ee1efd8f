namespace UniVG.Diffusion.Checkpoints;

/// <summary>Opens files of tensors by what they hold, whatever their name ends in.</summary>
public static class TensorFile
{
    private const byte PickleProtocol = 0x80; // the first instruction of a pickle, followed by its version
    private const byte MaxPickleProtocol = 5;

    /// <summary>Opens a safetensors file or a PyTorch pickle, zip or legacy.</summary>
    /// <exception cref="CheckpointException">It is neither, or it is damaged, or its pickle asks for code to be run.</exception>
    public static ITensorFile Open(string path)
    {
        Span<byte> start = stackalloc byte[16];
        start = start[..ReadStart(path, start)];
        if (start.Length == 0) throw new CheckpointException($"'{path}' is empty; copy or download it again.", path);

        // Before pickles, because the header's length may begin like one: 640 is 0x80 0x02.
        if (SafetensorsHeader.Recognises(start)) return SafetensorsFile.Open(path);
        if (TorchZipFile.Recognises(start) || start is [PickleProtocol, <= MaxPickleProtocol, ..]) return TorchCheckpointFile.Open(path);
        if (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            return SafetensorsFile.Open(path);
        }

        throw new CheckpointException(
            $"'{path}' is neither a safetensors file nor a PyTorch checkpoint (it begins with '{Printable(start)}').", path);
    }

    private static int ReadStart(string path, Span<byte> start)
    {
        if (!Path.Exists(path)) throw new CheckpointException($"There is no file '{path}'; check the path.", path);
        if (Directory.Exists(path)) throw new CheckpointException($"'{path}' is a folder; name a file in it.", path);
        try
        {
            using var file = File.OpenRead(path);
            return file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new CheckpointException($"'{path}' cannot be opened: {e.Message.TrimEnd('.')}.", path, innerException: e);
        }
    }

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        var text = new System.Text.StringBuilder();
        foreach (var b in bytes) text.Append(b is >= 0x20 and < 0x7f ? (char)b : '.');
        return text.ToString();
    }
}
