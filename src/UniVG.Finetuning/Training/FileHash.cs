using System.Security.Cryptography;

namespace UniVG.Finetuning.Training;

/// <summary>Hashes of whole files.</summary>
internal static class FileHash
{
    // Hashes ask for 4 KiB at a time, which would be a call of the system each.
    private const int BufferSize = 1 << 16;

    /// <summary>SHA-256, lower-case hex.</summary>
    /// <exception cref="IOException">The file cannot be read; the system's other exceptions for that are passed on, too.</exception>
    public static string Sha256(string path)
    {
        using var file = OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>Opens a file to be hashed.</summary>
    /// <exception cref="IOException">It cannot be read; the system's other exceptions for that are passed on, too.</exception>
    public static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize);
}
