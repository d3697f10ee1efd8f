using System.Text;
using UniVG.Diffusion.Checkpoints;

namespace UniVG.Diffusion.Tests.Checkpoints;

public sealed class BadSafetensorsTests : IDisposable
{
    private const string Good = """{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I8","shape":[],"data_offsets":[8,9]}}""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_truncated_file_is_refused_wherever_it_ends()
    {
        var bytes = Build(Good, 9);
        SafetensorsFile.Open(_folder.Write("good.safetensors", bytes)).Dispose();

        for (var end = 0; end < bytes.Length; end++) Fails(bytes[..end]);
    }

    [Theory]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"I8","shape":[],"data_offsets":[7,8]}}""", 8, "overlaps")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[1,9]}}""", 9, "belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 9, "at its end belong to no tensor")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 7, "truncated or damaged")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", 8, "truncated or damaged")]
    [InlineData("""{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", 8, "do not hold 3 F32")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}}""", 0, "do not hold")] // wraps to 0 in 64 bits
    [InlineData("""{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", 8, "'-2', which is not a size")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""", 8, "'2.5', which is not a size")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,18446744073709551615]}}""", 8, "which is not a size")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""", 8, "truncated or damaged")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""", 8, "'F8_E4M3', which is not one of")]
    [InlineData("""{"a":{"dtype":7,"shape":[2],"data_offsets":[0,8]}}""", 8, "lacks dtype, shape or data_offsets")]
    [InlineData("""{"a":{"shape":[2],"data_offsets":[0,8]}}""", 8, "lacks dtype, shape or data_offsets")]
    [InlineData("""{"a":[1]}""", 0, "lacks dtype, shape or data_offsets")]
    [InlineData("""{"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"I8","shape":[1],"data_offsets":[0,1]}}""", 1, "not valid JSON")]
    [InlineData("""{"__metadata__":{"x":1}}""", 0, "metadata 'x' is not a text")]
    [InlineData("""{"__metadata__":"x"}""", 0, "not a map of texts")]
    [InlineData("""[1,2,3,4,5]""", 0, "does not begin with '{'")]
    [InlineData("""{"a":{"dtype":"F32",""", 0, "not valid JSON")]
    [InlineData("""{} x""", 0, "not valid JSON")]
    public void A_header_that_is_wrong_is_refused_with_the_reason(string json, int dataLength, string reason) =>
        Assert.Contains(reason, Fails(Build(json, dataLength)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_header_that_is_no_UTF8_is_refused() => Fails([.. BitConverter.GetBytes(6L), .. "{\""u8, 0xff, 0xfe, .. "\"}"u8]);

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(1UL << 63)]
    [InlineData(1UL << 40)]
    [InlineData(1000UL)]
    public void A_header_length_beyond_the_file_is_refused(ulong length)
    {
        var bytes = Build(Good, 9);
        BitConverter.TryWriteBytes(bytes, length);
        Assert.Contains("its header claims", Fails(bytes).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_of_100_MB_is_refused_without_reading_it()
    {
        var path = _folder["x.safetensors"];
        using (var file = File.Create(path))
        {
            file.Write(BitConverter.GetBytes(100_000_000L));
            file.Write("{}"u8);
            file.SetLength(100_000_008); // sparse
        }

        var before = GC.GetTotalAllocatedBytes();
        var fault = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(path));

        Assert.Contains("over the limit", fault.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 10_000_000);
    }

    [Theory]
    [InlineData("x.safetensors")]
    [InlineData("x.ckpt")]
    public void A_text_file_is_refused_whatever_its_name(string name)
    {
        var path = _folder.Write(name, Encoding.ASCII.GetBytes("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n"));
        Assert.Contains(name, Assert.Throws<CheckpointException>(() => CheckpointReader.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_safetensors_file_is_known_by_its_content() =>
        TensorFile.Open(_folder.Write("model.ckpt", Build(Good, 9))).Dispose();

    [Fact]
    public void A_tensor_that_is_absent_is_named()
    {
        using var file = SafetensorsFile.Open(_folder.Write("x.safetensors", Build(Good, 9)));
        Assert.Equal("zz", Assert.Throws<CheckpointException>(() => file.Read("zz")).Key);
    }

    private static byte[] Build(string json, int dataLength) =>
        [.. BitConverter.GetBytes((long)Encoding.UTF8.GetByteCount(json)), .. Encoding.UTF8.GetBytes(json), .. new byte[dataLength]];

    private CheckpointException Fails(byte[] bytes)
    {
        var fault = Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(_folder.Write("x.safetensors", bytes)));
        Assert.Contains("x.safetensors", fault.Message, StringComparison.Ordinal);
        return fault;
    }
}
