using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Runtime;
using UniVG.Diffusion.Weights;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests.Checkpoints;

/// <summary>Models of the SD 1.x family whose sizes are not SD 1.5's.</summary>
public sealed class OtherStructuresTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    static OtherStructuresTests() => TorchRuntime.EnsureLoaded();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(new[] { 8, 16 }, 1, new[] { true, false })]
    [InlineData(new[] { 8, 8, 16 }, 3, new[] { false, true, true })]
    [InlineData(new[] { 8, 16, 16, 32 }, 2, new[] { false, true, false, true })]
    [InlineData(new[] { 16 }, 2, new[] { true })]
    public void A_single_file_without_configuration_gives_the_model_it_was_written_from(int[] channels, int layers, bool[] attention)
    {
        using var scope = NewDisposeScope();
        var random = new RandomWeights(seed: 1);
        using var unet = new UNet(
            new UNetConfig
            {
                BlockOutChannels = channels, AttentionHeads = [.. channels.Select(_ => 2)], CrossAttentionDim = 24, NormGroups = 4,
                LayersPerBlock = layers, DownAttention = attention, UpAttention = [.. attention.Reverse()],
            },
            random);
        using var vae = new AutoencoderKL(new AutoencoderKLConfig { BlockOutChannels = channels, LayersPerBlock = layers, NormGroups = 4 }, random);
        using var text = new ClipTextEncoder(new ClipTextConfig { VocabSize = 40, HiddenSize = 24, IntermediateSize = 56, Layers = 2, Heads = 3, MaxPositions = 9 }, random);
        WriteBare(unet, vae, text);

        using var checkpoint = CheckpointReader.Open(_folder["bare.safetensors"], new CheckpointOptions { UNetHeads = 2, TextEncoderHeads = 3, NormGroups = 4 });

        Assert.Equal(unet.Config.ToJson(), UNetConfig.FromJson(checkpoint.UNet.ConfigJson).ToJson());
        Assert.Equal((vae.Config with { SampleSize = 0 }).ToJson(), (AutoencoderKLConfig.FromJson(checkpoint.Vae.ConfigJson) with { SampleSize = 0 }).ToJson());
        Assert.Equal(text.Config.ToJson(), ClipTextConfig.FromJson(checkpoint.TextEncoder.ConfigJson).ToJson());
        AssertSame(unet.Weights, checkpoint.UNet);
        AssertSame(vae.Weights, checkpoint.Vae);
        AssertSame(text.Weights, checkpoint.TextEncoder);
    }

    // Our own writer leaves the configuration in the metadata; other tools' files have none.
    private void WriteBare(UNet unet, AutoencoderKL vae, ClipTextEncoder text)
    {
        LdmCheckpointWriter.Write(_folder["full.safetensors"], new ModelContents
        {
            UNet = unet.Weights.Tensors, UNetConfigJson = unet.Config.ToJson(),
            Vae = vae.Weights.Tensors, VaeConfigJson = vae.Config.ToJson(),
            TextEncoder = text.Weights.Tensors, TextEncoderConfigJson = text.Config.ToJson(),
        }, ScalarType.Float32);
        using var full = SafetensorsFile.Open(_folder["full.safetensors"]);
        SafetensorsWriter.Write(_folder["bare.safetensors"], full.Names.ToDictionary(n => n, full.Read));
    }

    private static void AssertSame(ModelWeights expected, CheckpointPart part)
    {
        var source = part.Weights();
        Assert.All(expected.Tensors, w =>
        {
            using var actual = source.Take(w.Key, w.Value.shape, default);
            Assert.True(w.Value.equal(actual).all().item<bool>(), w.Key);
        });
        Assert.Equal($"{part.Name}: all weights loaded", source.Report.ToString());
    }
}
