using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests.Checkpoints;

public sealed class LoadedModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    static LoadedModelTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_model_from_the_disk_computes_what_the_reference_computes(bool asFolder)
    {
        using var scope = NewDisposeScope();
        using var unetGolden = Goldens.Open("unet_tiny");
        using var vaeGolden = Goldens.Open("vae_tiny");
        using var clipGolden = Goldens.Open("clip_text_tiny");
        var options = new CheckpointOptions { UNetHeads = 4, TextEncoderHeads = 4 };
        using var file = CheckpointReader.Open(Goldens.Path("sd_tiny.safetensors"), options);
        if (asFolder) Save(file);
        using var checkpoint = asFolder ? CheckpointReader.Open(_folder.FullName) : CheckpointReader.Open(file.Path, options);

        var (unetSource, vaeSource, textSource) = (checkpoint.UNet.Weights(), checkpoint.Vae.Weights(), checkpoint.TextEncoder.Weights());
        using var unet = new UNet(UNetConfig.FromJson(checkpoint.UNet.ConfigJson), unetSource);
        using var vae = new AutoencoderKL(AutoencoderKLConfig.FromJson(checkpoint.Vae.ConfigJson), vaeSource);
        using var text = new ClipTextEncoder(ClipTextConfig.FromJson(checkpoint.TextEncoder.ConfigJson), textSource);
        foreach (var source in new[] { unetSource, vaeSource, textSource })
        {
            source.Report.ThrowIfIncomplete();
            Assert.Empty(source.Report.Unexpected);
        }

        using var noGrad = no_grad();
        TensorAssert.Close(unetGolden["out"], unet.Forward(unetGolden["x"], unetGolden["t"], unetGolden["context"]), TensorAssert.Outputs);
        TensorAssert.Close(vaeGolden["decoded_z"], vae.Decode(vaeGolden["z"]), TensorAssert.Outputs);
        TensorAssert.Close(clipGolden["last_hidden_state"], text.Forward(clipGolden["input_ids"]), TensorAssert.Outputs);
    }

    private void Save(Checkpoint file)
    {
        using var unet = new UNet(UNetConfig.FromJson(file.UNet.ConfigJson), file.UNet.Weights());
        using var vae = new AutoencoderKL(AutoencoderKLConfig.FromJson(file.Vae.ConfigJson), file.Vae.Weights());
        using var text = new ClipTextEncoder(ClipTextConfig.FromJson(file.TextEncoder.ConfigJson), file.TextEncoder.Weights());
        DiffusersFolder.Save(_folder.FullName, new ModelContents
        {
            UNet = unet.Weights.Tensors,
            UNetConfigJson = unet.Config.ToJson(),
            Vae = vae.Weights.Tensors,
            VaeConfigJson = vae.Config.ToJson(),
            TextEncoder = text.Weights.Tensors,
            TextEncoderConfigJson = text.Config.ToJson(),
        });
    }
}
