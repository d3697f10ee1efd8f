using System.Security.Cryptography;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>The two hashes that kohya's trainer (<c>precalculate_safetensors_hashes</c>) puts into an adapter's metadata.</summary>
/// <param name="ModelHash"><c>sshs_model_hash</c>: SHA-256 of the data region, lower-case hex; independent of the metadata.</param>
/// <param name="LegacyHash">
/// <c>sshs_legacy_hash</c>: the first 8 hex digits of the SHA-256 of bytes 0x100000 to 0x10FFFF of the file with the
/// <c>ss_*</c> metadata only.
/// </param>
public sealed record SafetensorsHash(string ModelHash, string LegacyHash)
{
    /// <summary>Hashes the file that <see cref="SafetensorsWriter.WriteTo"/> would write, without writing it.</summary>
    public static SafetensorsHash Compute(IReadOnlyDictionary<string, Tensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var sink = new HashingStream();
        SafetensorsWriter.WriteTo(sink, tensors, metadata);
        return sink.Finish();
    }

    // The writer hands over the whole header in its first write.
    private sealed class HashingStream : Stream
    {
        private const long LegacyStart = 0x100000;
        private const long LegacyEnd = 0x110000;
        private readonly IncrementalHash _data = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly IncrementalHash _legacy = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _position;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _position;

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public SafetensorsHash Finish() => new(
            Convert.ToHexStringLower(_data.GetHashAndReset()), Convert.ToHexStringLower(_legacy.GetHashAndReset())[..8]);

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (_position > 0) _data.AppendData(buffer);
            var from = Math.Clamp(LegacyStart - _position, 0, buffer.Length);
            var to = Math.Clamp(LegacyEnd - _position, 0, buffer.Length);
            _legacy.AppendData(buffer[(int)from..(int)to]);
            _position += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _data.Dispose();
            _legacy.Dispose();
            base.Dispose(disposing);
        }
    }
}
