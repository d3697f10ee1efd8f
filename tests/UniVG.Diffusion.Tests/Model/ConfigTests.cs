using UniVG.Diffusion.Model;

namespace UniVG.Diffusion.Tests.Model;

public class ConfigTests
{
    [Fact]
    public void UNet_configuration_survives_json()
    {
        var config = new UNetConfig
        {
            BlockOutChannels = [32, 64, 128], AttentionHeads = [2, 4, 8], DownAttention = [false, true, false], UpAttention = [false, true, false],
            CrossAttentionDim = 64, LayersPerBlock = 1, NormGroups = 8, NormEps = 1e-6, SampleSize = 16, InChannels = 3, OutChannels = 5,
        };

        Assert.Equivalent(config, UNetConfig.FromJson(config.ToJson()), strict: true);
        Assert.Equivalent(UNetConfig.StableDiffusion15, UNetConfig.FromJson(UNetConfig.StableDiffusion15.ToJson()), strict: true);
    }

    [Fact]
    public void Vae_and_text_configurations_survive_json()
    {
        var vae = new AutoencoderKLConfig { BlockOutChannels = [8, 16], LatentChannels = 3, LayersPerBlock = 1, NormGroups = 4, ScalingFactor = 0.33, SampleSize = 64 };
        var text = new ClipTextConfig { VocabSize = 100, HiddenSize = 16, IntermediateSize = 32, Layers = 2, Heads = 4, MaxPositions = 20, LayerNormEps = 1e-6 };

        Assert.Equivalent(vae, AutoencoderKLConfig.FromJson(vae.ToJson()), strict: true);
        Assert.Equivalent(text, ClipTextConfig.FromJson(text.ToJson()), strict: true);
    }

    [Fact]
    public void The_unet_of_stable_diffusion_is_read_as_diffusers_writes_it()
    {
        var config = UNetConfig.FromJson(
            """
            {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.6.0", "act_fn": "silu", "attention_head_dim": 8,
             "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": false, "cross_attention_dim": 768,
             "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
             "downsample_padding": 1, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2,
             "mid_block_scale_factor": 1, "norm_eps": 1e-05, "norm_num_groups": 32, "out_channels": 4, "sample_size": 64,
             "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]}
            """);

        Assert.Equivalent(UNetConfig.StableDiffusion15, config, strict: true);
    }

    [Theory]
    [InlineData("""{"use_linear_projection": true}""", "use_linear_projection")]
    [InlineData("""{"block_out_channels": [320, 640]}""", "down_block_types")]
    [InlineData("""{"block_out_channels": "many"}""", "block_out_channels")]
    [InlineData("""{"norm_num_groups": 31}""", "31 norm groups")]
    [InlineData("""{"down_block_types": ["AttnDownBlock2D"]}""", "AttnDownBlock2D")]
    [InlineData("[1]", "not a JSON object")]
    [InlineData("{", "not a JSON object")]
    public void A_unet_that_cannot_be_built_is_refused_with_the_reason(string json, string reason)
    {
        var e = Assert.Throws<UniVGException>(() => UNetConfig.FromJson(json));

        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }
}
