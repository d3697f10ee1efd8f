using System.Security.Cryptography;
using System.Text;

namespace UniVG.Kernel.Jupyter;

/// <summary>Signs messages with the key of the connection file (HMAC-SHA256, lower-case hex); an empty key means no signatures.</summary>
internal sealed class MessageSigner(string key)
{
    private readonly byte[] _key = Encoding.UTF8.GetBytes(key);

    /// <summary>The signature over the four JSON parts in their order on the wire.</summary>
    public string Sign(byte[] header, byte[] parentHeader, byte[] metadata, byte[] content)
    {
        if (_key.Length == 0) return "";
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _key);
        foreach (var part in (ReadOnlySpan<byte[]>)[header, parentHeader, metadata, content]) hmac.AppendData(part);
        return Convert.ToHexStringLower(hmac.GetHashAndReset());
    }

    /// <summary>Whether a signature is right; takes the same time for every wrong one.</summary>
    public bool Verify(ReadOnlySpan<byte> signature, byte[] header, byte[] parentHeader, byte[] metadata, byte[] content) =>
        _key.Length == 0
        || CryptographicOperations.FixedTimeEquals(signature, Encoding.ASCII.GetBytes(Sign(header, parentHeader, metadata, content)));
}
