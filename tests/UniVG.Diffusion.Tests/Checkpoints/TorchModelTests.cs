using System.Text;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests.Checkpoints;

/// <summary>Whole models in the files of torch.save.</summary>
public sealed class TorchModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    static TorchModelTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, "model.ckpt")]
    [InlineData(false, "model.safetensors")] // only the content counts
    [InlineData(true, "model.ckpt")]
    [InlineData(true, "model.bin")]
    public void A_Lightning_checkpoint_computes_what_the_reference_computes(bool legacy, string name)
    {
        using var scope = NewDisposeScope();
        using var golden = Goldens.Open("unet_tiny");
        using var source = SafetensorsFile.Open(Goldens.Path("sd_tiny.safetensors"));
        var path = _folder.Write(name, Lightning(source, legacy));
        var options = new CheckpointOptions { UNetHeads = 4, TextEncoderHeads = 4 };

        using var checkpoint = CheckpointReader.Open(path, options);
        var weights = checkpoint.UNet.Weights();
        using var unet = new UNet(UNetConfig.FromJson(checkpoint.UNet.ConfigJson), weights);
        using var noGrad = no_grad();

        weights.Report.ThrowIfIncomplete();
        TensorAssert.Close(golden["out"], unet.Forward(golden["x"], golden["t"], golden["context"]), TensorAssert.Outputs, "unet_tiny out");
        Assert.Equal(1000, checkpoint.Schedule!.Betas!.Count);
        Assert.Equal("3", checkpoint.Metadata["epoch"]);
        AssertSame(source, checkpoint.Vae);
        AssertSame(source, checkpoint.TextEncoder);
    }

    [Fact]
    public void A_diffusers_folder_with_pickled_weights_is_read()
    {
        using var scope = NewDisposeScope();
        using var original = CheckpointReader.Open(Goldens.Path("sd_tiny.safetensors"), new CheckpointOptions { UNetHeads = 4, TextEncoderHeads = 4 });
        foreach (var (part, folder, file) in new[]
        {
            (original.UNet, "unet", "diffusion_pytorch_model.bin"),
            (original.Vae, "vae", "diffusion_pytorch_model.fp16.bin"),
            (original.TextEncoder, "text_encoder", "pytorch_model.bin"),
        })
        {
            Directory.CreateDirectory(_folder[folder]);
            File.WriteAllText(Path.Combine(_folder[folder], "config.json"), part.ConfigJson);
            var (items, storage) = PickleBytes.StateDict(part.Keys.ToDictionary(k => k.Key, k => part.File.Read(k.Value)));
            File.WriteAllBytes(Path.Combine(_folder[folder], file), PickleBytes.Zip(PickleBytes.Dictionary(items), storage));
        }

        using var read = CheckpointReader.Open(_folder.FullName);

        Assert.Equal(CheckpointLayout.DiffusersFolder, read.Layout);
        foreach (var (expected, actual) in new[] { (original.UNet, read.UNet), (original.Vae, read.Vae), (original.TextEncoder, read.TextEncoder) })
        {
            Assert.Equal(expected.Keys.Keys.Order(), actual.Keys.Keys.Order());
            Assert.All(expected.Keys, k => AssertEqual(expected.File.Read(k.Value), actual.File.Read(actual.Keys[k.Key])));
        }
    }

    // The optimizer's storage, number 1, is not in the file: whoever looked at it would fail.
    private static byte[] Lightning(SafetensorsFile source, bool legacy)
    {
        var names = source.Names.Where(n => source.Tensors[n].DType is ScalarType.Float16 or ScalarType.Float32);
        var (weights, storage) = PickleBytes.StateDict(names.ToDictionary(n => n, source.Read));
        var moments = PickleBytes.Tensor(4, 0, [4], [1]).Replace("V0\nVcpu", "V1\nVcpu", StringComparison.Ordinal);
        var pickle = PickleBytes.Dictionary(
            "epoch", "I3\n",
            "callbacks", "cpytorch_lightning.callbacks\nModelCheckpoint\n)R",
            "optimizer_states", $"(l}}Vstate\n}}I0\n}}Vexp_avg\n{moments}sssa",
            "state_dict", Encoding.Latin1.GetString(PickleBytes.Dictionary(weights))[..^1]);
        return legacy ? PickleBytes.Legacy(pickle, storage) : PickleBytes.Zip(pickle, storage);
    }

    private static void AssertSame(SafetensorsFile source, CheckpointPart part) =>
        Assert.All(part.Keys.Values, key => AssertEqual(source.Read(key), part.File.Read(key)));

    private static void AssertEqual(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.True(expected.to(ScalarType.Float32).equal(actual.to(ScalarType.Float32)).all().item<bool>());
    }
}
