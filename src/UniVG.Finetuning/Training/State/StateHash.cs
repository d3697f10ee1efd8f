using System.IO.Hashing;

namespace UniVG.Finetuning.Training.State;

/// <summary>
/// The hash by which a damaged file of a state is known: XXH128, lower-case hex. It has to notice chance, not malice, and costs a tenth of
/// what SHA-256 does, which would take longer than writing the file.
/// </summary>
internal static class StateHash
{
    private const int Sha256Digits = 64;

    /// <summary>Hashes what is written.</summary>
    /// <param name="write">Hands over every byte, in order.</param>
    public static string Of(Action<Action<ReadOnlySpan<byte>>> write)
    {
        var hash = new XxHash128();
        write(hash.Append);
        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>Whether a file is as it was; a state of an earlier version has SHA-256.</summary>
    /// <exception cref="IOException">The file cannot be read; the system's other exceptions for that are passed on, too.</exception>
    public static bool Fits(string path, string expected)
    {
        if (expected.Length == Sha256Digits) return FileHash.Sha256(path) == expected;
        using var file = FileHash.OpenRead(path);
        var hash = new XxHash128();
        hash.Append(file);
        return Convert.ToHexStringLower(hash.GetCurrentHash()) == expected;
    }
}
