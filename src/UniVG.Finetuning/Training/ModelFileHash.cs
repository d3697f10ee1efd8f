using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace UniVG.Finetuning.Training;

/// <summary>The two hashes by which A1111 and kohya know a model file.</summary>
/// <param name="Old">The first 8 hex digits of the SHA-256 of bytes 0x100000 to 0x10FFFF.</param>
/// <param name="New">The SHA-256 of the whole file, lower-case hex.</param>
internal sealed record ModelFileHash(string Old, string New)
{
    private const int Start = 0x100000;
    private const int Length = 0x10000;
    private static readonly ConcurrentDictionary<(string Path, DateTime Written, long Size), ModelFileHash> Known = [];

    /// <summary>Hashes a file, once as long as it does not change; null where it cannot be read, as metadata is worth no failure.</summary>
    public static ModelFileHash? Of(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return file.Exists ? Known.GetOrAdd((file.FullName, file.LastWriteTimeUtc, file.Length), key => Compute(key.Path)) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static ModelFileHash Compute(string path)
    {
        var whole = FileHash.Sha256(path);
        using var file = File.OpenRead(path);
        var part = new byte[Length];
        file.Position = Math.Min(Start, file.Length);
        var read = file.ReadAtLeast(part, Length, throwOnEndOfStream: false);
        return new ModelFileHash(Convert.ToHexStringLower(SHA256.HashData(part.AsSpan(0, read)))[..8], whole);
    }
}
