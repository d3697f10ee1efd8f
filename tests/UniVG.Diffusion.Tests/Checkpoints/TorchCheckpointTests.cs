using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Runtime;
using UniVG.TestSupport;

namespace UniVG.Diffusion.Tests.Checkpoints;

public class TorchCheckpointTests
{
    static TorchCheckpointTests() => TorchRuntime.EnsureLoaded();

    [Theory]
    [InlineData("lightning_zip.ckpt", 43)]
    [InlineData("lightning_zip_proto4.ckpt", 43)]
    [InlineData("lightning_legacy.ckpt", 43)]
    [InlineData("bare_state_dict.pt", 35)] // holds no views
    public void Every_golden_form_gives_the_expected_tensors(string name, int count)
    {
        using var expected = SafetensorsFile.Open(Goldens.Path("ckpt/expected_state_dict.safetensors"));
        using var file = TensorFile.Open(Goldens.Path($"ckpt/{name}"));

        Assert.Equal(count, file.Tensors.Count);
        Assert.All(file.Tensors.Keys, key =>
        {
            using var left = expected.Read(key);
            using var right = file.Read(key);
            Assert.Equal(expected.Tensors[key].DType, file.Tensors[key].DType);
            Assert.Equal(expected.Tensors[key].Shape, file.Tensors[key].Shape);
            Assert.Equal(left.dtype, right.dtype);
            Assert.Equal(left.shape, right.shape);
            using var dense = right.contiguous();
            Assert.True(left.bytes.SequenceEqual(dense.bytes)); // NaN included
        });
    }

    [Theory]
    [InlineData("lightning_zip.ckpt")]
    [InlineData("lightning_legacy.ckpt")]
    public void Training_progress_is_told_and_foreign_classes_are_left_alone(string name)
    {
        using var file = TorchCheckpointFile.Open(Goldens.Path($"ckpt/{name}"));

        Assert.Equal("6", file.Metadata["epoch"]);
        Assert.Equal("470000", file.Metadata["global_step"]);
        Assert.DoesNotContain(file.Tensors.Keys, k => k.Contains("optimizer", StringComparison.Ordinal) || k.Contains("exp_avg", StringComparison.Ordinal));
        Assert.DoesNotContain(file.ForeignTypes, t => t.StartsWith("torch._utils", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("malicious_eval_zip.ckpt", "__builtin__.eval")]
    [InlineData("malicious_getattr_chain_zip.ckpt", "__builtin__.getattr")]
    [InlineData("malicious_os_system_legacy.ckpt", "posix.system")]
    [InlineData("malicious_os_system_zip.ckpt", "posix.system")]
    [InlineData("malicious_os_system_zip_proto4.ckpt", "posix.system")]
    [InlineData("malicious_subprocess_zip.ckpt", "commands.call")]
    public void A_malicious_file_is_refused_by_name_and_nothing_is_run(string name, string refused)
    {
        var fault = Assert.Throws<CheckpointException>(() => TensorFile.Open(Goldens.Path($"ckpt/{name}")));

        Assert.Contains($"'{refused}'", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(Environment.CurrentDirectory, "PWNED*"));
    }
}
