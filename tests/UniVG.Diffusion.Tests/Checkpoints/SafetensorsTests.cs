using System.Security.Cryptography;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests.Checkpoints;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    static SafetensorsTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_dtype_and_shape_survives_a_round_trip()
    {
        using var scope = NewDisposeScope();
        ScalarType[] dtypes =
        [
            ScalarType.Float64, ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Int64, ScalarType.Int32,
            ScalarType.Int16, ScalarType.Int8, ScalarType.Byte, ScalarType.Bool,
        ];
        var tensors = dtypes.ToDictionary(d => $"t.{d}", d => arange(6).view(2, 3).to(d));
        tensors["scalar"] = tensor(2.5f);
        tensors["empty"] = zeros(0, 4);
        tensors["transposed"] = arange(6, dtype: ScalarType.Float32).view(2, 3).t();
        tensors["ünïcode 𝄞"] = ones(1);

        SafetensorsWriter.Write(_folder["a.safetensors"], tensors, new Dictionary<string, string> { ["ss_x"] = "<\"é\">" });

        using var file = SafetensorsFile.Open(_folder["a.safetensors"]);
        Assert.Equal(tensors.Keys.Order(), file.Names.Order());
        Assert.Equal("<\"é\">", file.Metadata["ss_x"]);
        foreach (var (name, expected) in tensors)
        {
            using var actual = file.Read(name);
            Assert.Equal(expected.dtype, actual.dtype);
            Assert.Equal(expected.shape, actual.shape);
            Assert.True(expected.equal(actual).all().item<bool>(), name);
        }
    }

    [Fact]
    public void Writing_into_a_tensor_that_was_read_leaves_the_file_alone()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(_folder["a.safetensors"], new Dictionary<string, Tensor> { ["w"] = ones(4) });
        var before = File.ReadAllBytes(_folder["a.safetensors"]);
        using (var file = SafetensorsFile.Open(_folder["a.safetensors"])) file.Read("w").zero_();

        Assert.Equal(before, File.ReadAllBytes(_folder["a.safetensors"]));
    }

    [Fact]
    public void Tensors_outlive_their_file_and_its_replacement()
    {
        using var scope = NewDisposeScope();
        var path = _folder["a.safetensors"];
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["w"] = ones(4) });
        Tensor read;
        using (var file = SafetensorsFile.Open(path)) read = file.Read("w");
        SafetensorsWriter.Write(path, new Dictionary<string, Tensor> { ["w"] = zeros(4) });

        Assert.Equal(4, read.sum().item<float>());
        read.Dispose();
    }

    [Fact]
    public void Unaligned_data_is_copied_instead_of_mapped()
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(_folder["a.safetensors"], new Dictionary<string, Tensor> { ["w"] = tensor(new[] { 1f, 2f, 3f }) });
        var aligned = File.ReadAllBytes(_folder["a.safetensors"]);
        byte[] shifted = [(byte)(aligned[0] + 1), .. aligned[1..^12], (byte)' ', .. aligned[^12..]];
        using var file = SafetensorsFile.Open(_folder.Write("b.safetensors", shifted));

        using var read = file.Read("w");
        Assert.Equal([1f, 2f, 3f], read.data<float>().ToArray());
    }

    [Fact]
    public void Model_hash_is_the_one_of_kohyas_trainer()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor>
        {
            ["lora_te_x.lora_up.weight"] = tensor(new[] { 0f, .5f }).view(2, 1).to(ScalarType.Float16),
            ["lora_te_x.alpha"] = tensor(16f).to(ScalarType.Float16),
            ["lora_te_x.lora_down.weight"] = tensor(new[] { 1f, -2f }).view(1, 2).to(ScalarType.Float16),
        };

        var hash = SafetensorsHash.Compute(tensors);

        Assert.Equal("5127736436f3fcfc4c220e4ff7028d8afff97634113c8389795a6f3290e0b663", hash.ModelHash);
        Assert.Equal("e3b0c442", hash.LegacyHash); // nothing lies beyond 1 MiB
    }

    [Fact]
    public void Hashes_are_those_of_the_written_file()
    {
        using var scope = NewDisposeScope();
        var tensors = new Dictionary<string, Tensor> { ["a"] = rand(400_000), ["b"] = rand(10) };
        var metadata = new Dictionary<string, string> { ["ss_a"] = "1" };
        using var witnessed = new MemoryStream();
        SafetensorsWriter.Write(_folder["a.safetensors"], tensors, metadata, witnessed.Write);
        var bytes = File.ReadAllBytes(_folder["a.safetensors"]);
        Assert.True(bytes.AsSpan().SequenceEqual(witnessed.ToArray()));

        var hash = SafetensorsHash.Compute(tensors, metadata);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(8 + (int)BitConverter.ToInt64(bytes)))), hash.ModelHash);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0x100000, 0x10000)))[..8], hash.LegacyHash);
    }

    [Fact]
    public void A_golden_file_rewritten_has_the_same_data_bytes()
    {
        using var scope = NewDisposeScope();
        var path = Goldens.Path("sd_tiny.safetensors");
        using var file = SafetensorsFile.Open(path);
        SafetensorsWriter.Write(_folder["copy.safetensors"], file.Names.ToDictionary(n => n, file.Read), file.Metadata);

        var original = File.ReadAllBytes(path);
        var copy = File.ReadAllBytes(_folder["copy.safetensors"]);
        Assert.Equal(0, (8 + BitConverter.ToInt64(copy)) % 8);
        Assert.True(original.AsSpan(8 + (int)BitConverter.ToInt64(original)).SequenceEqual(copy.AsSpan(8 + (int)BitConverter.ToInt64(copy))));
    }

    [Fact]
    public void An_unwritable_path_is_refused_in_one_sentence_and_leaves_nothing_behind()
    {
        using var scope = NewDisposeScope();
        Directory.CreateDirectory(_folder["taken"]);
        var tensors = new Dictionary<string, Tensor> { ["w"] = ones(4) };

        var fault = Assert.Throws<UniVGException>(() => SafetensorsWriter.Write(_folder["taken"], tensors));

        Assert.Contains("taken", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
        Assert.Empty(Directory.EnumerateFiles(_folder.FullName));
    }
}
