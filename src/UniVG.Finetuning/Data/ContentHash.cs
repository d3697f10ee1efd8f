using System.Security.Cryptography;

namespace UniVG.Finetuning.Data;

/// <summary>The hash by which a picture or mask that has changed since the dataset was read is known.</summary>
internal static class ContentHash
{
    /// <summary>SHA-256 of a file's bytes, lower-case hex.</summary>
    public static string Of(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
