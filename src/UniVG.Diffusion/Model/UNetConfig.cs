using System.Text.Json;

namespace UniVG.Diffusion.Model;

/// <summary>
/// The dimensions of a Stable Diffusion 1.x UNet. The defaults are those of SD 1.5; the JSON form is diffusers'
/// <c>unet/config.json</c> (UNet2DConditionModel).
/// </summary>
public sealed record UNetConfig
{
    private const string AttentionDown = "CrossAttnDownBlock2D";
    private const string PlainDown = "DownBlock2D";
    private const string AttentionUp = "CrossAttnUpBlock2D";
    private const string PlainUp = "UpBlock2D";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The UNet of Stable Diffusion 1.x: 859,520,964 parameters.</summary>
    public static UNetConfig StableDiffusion15 { get; } = new();

    /// <summary>Channels of the latents that come in; default 4.</summary>
    public int InChannels { get; init; } = 4;

    /// <summary>Channels of the prediction that goes out; default 4.</summary>
    public int OutChannels { get; init; } = 4;

    /// <summary>Height and width of the latents the model was made for; other sizes work. Default 64.</summary>
    public int SampleSize { get; init; } = 64;

    /// <summary>Channels at each resolution level, finest first; default 320, 640, 1280, 1280.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [320, 640, 1280, 1280];

    /// <summary>Residual blocks of a down level; an up level has one more. Default 2.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>Features of the text states; default 768.</summary>
    public int CrossAttentionDim { get; init; } = 768;

    /// <summary>
    /// Attention heads at each level, finest first; default 8 everywhere. Diffusers writes this number under the misleading
    /// name <c>attention_head_dim</c>.
    /// </summary>
    public IReadOnlyList<int> AttentionHeads { get; init; } = [8, 8, 8, 8];

    /// <summary>Which down levels have attention, finest first; default all but the last.</summary>
    public IReadOnlyList<bool> DownAttention { get; init; } = [true, true, true, false];

    /// <summary>Which up levels have attention, coarsest first; default all but the first.</summary>
    public IReadOnlyList<bool> UpAttention { get; init; } = [false, true, true, true];

    /// <summary>Groups of every group normalisation; default 32.</summary>
    public int NormGroups { get; init; } = 32;

    /// <summary>Epsilon of the residual blocks' normalisations; default 1e-5.</summary>
    public double NormEps { get; init; } = 1e-5;

    /// <summary>Features of the timestep embedding.</summary>
    public int TimeEmbeddingDim => 4 * BlockOutChannels[0];

    /// <summary>Reads diffusers' config.json; keys that are absent take their default.</summary>
    /// <exception cref="UniVGException">It describes a UNet outside of the SD 1.x family.</exception>
    public static UNetConfig FromJson(string json)
    {
        var reader = new ConfigReader(json, "UNet");
        reader.Require("_class_name", "UNet2DConditionModel");
        reader.Require("use_linear_projection", false);
        reader.Require("flip_sin_to_cos", true);
        reader.Require("freq_shift", 0);
        reader.Require("act_fn", "silu");
        reader.Require("mid_block_type", "UNetMidBlock2DCrossAttn");
        var channels = reader.Ints("block_out_channels", [320, 640, 1280, 1280]);
        var config = new UNetConfig
        {
            InChannels = reader.Int("in_channels", 4),
            OutChannels = reader.Int("out_channels", 4),
            SampleSize = reader.Int("sample_size", 64),
            BlockOutChannels = channels,
            LayersPerBlock = reader.Int("layers_per_block", 2),
            CrossAttentionDim = reader.Int("cross_attention_dim", 768),
            AttentionHeads = reader.IntPerLevel("attention_head_dim", channels.Count, 8),
            DownAttention = HasAttention(reader.Strings("down_block_types", [AttentionDown, AttentionDown, AttentionDown, PlainDown])),
            UpAttention = HasAttention(reader.Strings("up_block_types", [PlainUp, AttentionUp, AttentionUp, AttentionUp])),
            NormGroups = reader.Int("norm_num_groups", 32),
            NormEps = reader.Double("norm_eps", 1e-5),
        };
        config.Validate();
        return config;
    }

    /// <summary>Writes the config.json that diffusers reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["_class_name"] = "UNet2DConditionModel",
            ["act_fn"] = "silu",
            ["attention_head_dim"] = AttentionHeads.Distinct().Count() == 1 ? AttentionHeads[0] : AttentionHeads,
            ["block_out_channels"] = BlockOutChannels,
            ["center_input_sample"] = false,
            ["cross_attention_dim"] = CrossAttentionDim,
            ["down_block_types"] = DownAttention.Select(has => has ? AttentionDown : PlainDown),
            ["downsample_padding"] = 1,
            ["flip_sin_to_cos"] = true,
            ["freq_shift"] = 0,
            ["in_channels"] = InChannels,
            ["layers_per_block"] = LayersPerBlock,
            ["mid_block_scale_factor"] = 1,
            ["norm_eps"] = NormEps,
            ["norm_num_groups"] = NormGroups,
            ["out_channels"] = OutChannels,
            ["sample_size"] = SampleSize,
            ["up_block_types"] = UpAttention.Select(has => has ? AttentionUp : PlainUp),
        },
        Indented);

    /// <summary>Checks that the dimensions fit together.</summary>
    /// <exception cref="UniVGException">They do not.</exception>
    public void Validate()
    {
        var levels = BlockOutChannels.Count;
        if (levels == 0 || AttentionHeads.Count != levels || DownAttention.Count != levels || UpAttention.Count != levels)
        {
            throw new UniVGException(
                $"The UNet configuration has {levels} block_out_channels, {AttentionHeads.Count} attention_head_dim, {DownAttention.Count} " +
                $"down_block_types and {UpAttention.Count} up_block_types; give one of each for every level.");
        }

        for (var i = 0; i < levels; i++)
        {
            if (BlockOutChannels[i] % NormGroups != 0 || BlockOutChannels[i] % AttentionHeads[i] != 0)
            {
                throw new UniVGException(
                    $"The UNet configuration has {BlockOutChannels[i]} channels at level {i}, which {NormGroups} norm groups and " +
                    $"{AttentionHeads[i]} heads do not divide; choose channels that both divide.");
            }
        }
    }

    private static bool[] HasAttention(IReadOnlyList<string> types)
    {
        var unknown = types.FirstOrDefault(t => t is not (AttentionDown or PlainDown or AttentionUp or PlainUp));
        return unknown is null ? [.. types.Select(t => t is AttentionDown or AttentionUp)] : throw new UniVGException(
            $"The UNet configuration names the block type '{unknown}', but only {AttentionDown}, {PlainDown}, {AttentionUp} and " +
            $"{PlainUp} are supported; use a model of the Stable Diffusion 1.x family.");
    }
}
