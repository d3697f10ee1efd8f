using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Model;
using UniVG.Diffusion.Weights;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Pretraining;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Tests.Adapters;

public sealed class AdapterFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-adapter-").FullName;
    private readonly UNet _unet = new(TinyModelConfigs.UNet, new RandomWeights(seed: 1));

    private static long Width => TinyModelConfigs.UNet.BlockOutChannels[0];

    public void Dispose()
    {
        _unet.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Lora_file_holds_down_up_and_alpha_of_each_layer_in_half_precision()
    {
        using var network = AdapterNetwork.Attach(new LoraConfig { Dim = 4, Alpha = 2, ConvDim = 4 }, _unet.Weights.Layers, [], seed: 1);
        var path = Path.Combine(_folder, "a.safetensors");

        AdapterFile.Save(network, path, ScalarType.Float16, new Dictionary<string, string> { ["ss_network_dim"] = "4" });

        using var file = SafetensorsFile.Open(path);
        Assert.Equal(network.Adapters.Count * 3, file.Tensors.Count);
        Assert.Equal([4, Width, 3, 3], file.Tensors["lora_unet_down_blocks_0_resnets_0_conv1.lora_down.weight"].Shape);
        Assert.Equal([Width, 4, 1, 1], file.Tensors["lora_unet_down_blocks_0_resnets_0_conv1.lora_up.weight"].Shape);
        Assert.All(file.Tensors.Values, t => Assert.Equal(ScalarType.Float16, t.DType));
        Assert.Equal("4", file.Metadata["ss_network_dim"]);
        Assert.Equal(64, file.Metadata["sshs_model_hash"].Length);
    }

    [Fact]
    public void Loha_file_folds_a_convolution_into_two_dimensions()
    {
        using var network = AdapterNetwork.Attach(new LohaConfig { ConvDim = 3 }, _unet.Weights.Layers, [], seed: 1);
        var path = Path.Combine(_folder, "b.safetensors");

        AdapterFile.Save(network, path, ScalarType.Float32, new Dictionary<string, string>());

        using var file = SafetensorsFile.Open(path);
        Assert.Equal([3, 36], file.Tensors["lora_unet_conv_in.hada_w1_b"].Shape);
        Assert.Equal([Width, 3], file.Tensors["lora_unet_conv_in.hada_w2_a"].Shape);
    }

    [Fact]
    public void Values_that_are_not_finite_are_never_written()
    {
        using var network = AdapterNetwork.Attach(new LoraConfig { Dim = 1, ConvDim = 0 }, _unet.Weights.Layers, [], seed: 1);
        using (no_grad()) network.Adapters[0].Parameters[0].Tensor.fill_(1e9f);
        var path = Path.Combine(_folder, "c.safetensors");

        var e = Assert.Throws<UniVGException>(() => AdapterFile.Save(network, path, ScalarType.Float16, new Dictionary<string, string>()));

        Assert.Contains("not finite", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }

    [Fact]
    public void Existing_file_is_kept_unless_overwriting_is_asked_for()
    {
        var path = Path.Combine(_folder, "d.safetensors");
        File.WriteAllText(path, "precious");

        Assert.Contains("--overwrite", Assert.Throws<UniVGException>(() => AdapterFile.EnsureWritable(path, overwrite: false)).Message, StringComparison.Ordinal);
        AdapterFile.EnsureWritable(path, overwrite: true);
        Assert.Equal("precious", File.ReadAllText(path));
    }

    [Fact]
    public void Folder_that_cannot_be_made_is_reported_before_training()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        Assert.Throws<UniVGException>(() => AdapterFile.EnsureWritable(Path.Combine(file, "sub", "x.safetensors"), overwrite: false));
    }
}
