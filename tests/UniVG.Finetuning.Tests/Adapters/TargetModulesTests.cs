using UniVG.Diffusion.Model;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.TestSupport;

namespace UniVG.Finetuning.Tests.Adapters;

public sealed class TargetModulesTests : IDisposable
{
    private readonly UNet _unet = new(UNetConfig.StableDiffusion15, new ShapeOnlyWeights());
    private readonly ClipTextEncoder _text = new(ClipTextConfig.StableDiffusion15, new ShapeOnlyWeights());

    public static TheoryData<string, AdapterConfig> Sets => new()
    {
        { "kohya_noconv", new LoraConfig { ConvDim = 0 } },
        { "kohya_conv", new LoraConfig() },
        { "lycoris_full", new LohaConfig() },
    };

    public void Dispose()
    {
        _unet.Dispose();
        _text.Dispose();
    }

    [Theory]
    [InlineData("lora", 0, 192, 72)]
    [InlineData("lora", 32, 278, 72)]
    [InlineData("loha", 4, 282, 72)]
    public void Number_of_adapted_layers_of_SD_15_is_that_of_kohya_and_LyCORIS(string kind, int convDim, int unet, int text)
    {
        AdapterConfig config = kind == "lora" ? new LoraConfig { ConvDim = convDim } : new LohaConfig { ConvDim = convDim };
        var names = TargetModules.Select(config, _unet.Weights.Layers, _text.Weights.Layers).Select(t => t.Name).ToList();

        Assert.Equal(unet, names.Count(n => n.StartsWith("lora_unet_", StringComparison.Ordinal)));
        Assert.Equal(text, names.Count(n => n.StartsWith("lora_te_", StringComparison.Ordinal)));
        Assert.Equal(names.Count, names.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Names_are_those_of_the_reference_table(string column, AdapterConfig config)
    {
        var lines = File.ReadAllLines(Goldens.ReferencePath("targets.tsv"));
        var index = Array.IndexOf(lines[0].Split('\t'), column);
        var expected = lines.Skip(1).Select(l => l.Split('\t')).Where(r => r[index] == "1").Select(r => r[0]);

        var actual = TargetModules.Select(config, _unet.Weights.Layers, _text.Weights.Layers).Select(t => t.Name);

        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void One_by_one_convolutions_take_the_linear_dim_and_larger_kernels_the_convolution_dim()
    {
        var targets = TargetModules.Select(new LohaConfig(), _unet.Weights.Layers, _text.Weights.Layers).ToDictionary(t => t.Name);

        Assert.Equal(32, targets["lora_unet_down_blocks_0_attentions_0_proj_in"].Dim);
        Assert.Equal(32, targets["lora_unet_down_blocks_1_resnets_0_conv_shortcut"].Dim);
        Assert.Equal(4, targets["lora_unet_down_blocks_0_resnets_0_conv1"].Dim);
    }
}
