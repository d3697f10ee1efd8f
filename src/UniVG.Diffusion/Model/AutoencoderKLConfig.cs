using System.Text.Json;

namespace UniVG.Diffusion.Model;

/// <summary>
/// The dimensions of the image autoencoder. The defaults are those of SD 1.5; the JSON form is diffusers'
/// <c>vae/config.json</c> (AutoencoderKL).
/// </summary>
public sealed record AutoencoderKLConfig
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The autoencoder of Stable Diffusion 1.x: 83,653,863 parameters.</summary>
    public static AutoencoderKLConfig StableDiffusion15 { get; } = new();

    /// <summary>Channels of the latents; default 4.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Channels at each resolution level, finest first; default 128, 256, 512, 512.</summary>
    public IReadOnlyList<int> BlockOutChannels { get; init; } = [128, 256, 512, 512];

    /// <summary>Residual blocks of an encoder level; a decoder level has one more. Default 2.</summary>
    public int LayersPerBlock { get; init; } = 2;

    /// <summary>Groups of every group normalisation; default 32.</summary>
    public int NormGroups { get; init; } = 32;

    /// <summary>Multiplies encoded latents so that their standard deviation is about 1; default 0.18215 (Rombach et al. 2022).</summary>
    public double ScalingFactor { get; init; } = 0.18215;

    /// <summary>Height and width of the images the model was made for; other sizes work. Default 512.</summary>
    public int SampleSize { get; init; } = 512;

    /// <summary>Pixels along one side of a latent: 8 with four levels.</summary>
    public int PixelsPerLatent => 1 << (BlockOutChannels.Count - 1);

    /// <summary>Reads diffusers' config.json; keys that are absent take their default.</summary>
    /// <exception cref="UniVGException">It describes another kind of autoencoder.</exception>
    public static AutoencoderKLConfig FromJson(string json)
    {
        var reader = new ConfigReader(json, "VAE");
        reader.Require("_class_name", "AutoencoderKL");
        reader.Require("act_fn", "silu");
        reader.Require("in_channels", 3);
        reader.Require("out_channels", 3);
        var config = new AutoencoderKLConfig
        {
            LatentChannels = reader.Int("latent_channels", 4),
            BlockOutChannels = reader.Ints("block_out_channels", [128, 256, 512, 512]),
            LayersPerBlock = reader.Int("layers_per_block", 2),
            NormGroups = reader.Int("norm_num_groups", 32),
            ScalingFactor = reader.Double("scaling_factor", 0.18215),
            SampleSize = reader.Int("sample_size", 512),
        };
        config.Validate();
        return config;
    }

    /// <summary>Writes the config.json that diffusers reads.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new Dictionary<string, object>
        {
            ["_class_name"] = "AutoencoderKL",
            ["act_fn"] = "silu",
            ["block_out_channels"] = BlockOutChannels,
            ["down_block_types"] = BlockOutChannels.Select(_ => "DownEncoderBlock2D"),
            ["in_channels"] = 3,
            ["latent_channels"] = LatentChannels,
            ["layers_per_block"] = LayersPerBlock,
            ["norm_num_groups"] = NormGroups,
            ["out_channels"] = 3,
            ["sample_size"] = SampleSize,
            ["scaling_factor"] = ScalingFactor,
            ["up_block_types"] = BlockOutChannels.Select(_ => "UpDecoderBlock2D"),
        },
        Indented);

    /// <summary>Checks that the dimensions fit together.</summary>
    /// <exception cref="UniVGException">They do not.</exception>
    public void Validate()
    {
        if (BlockOutChannels.Count == 0)
        {
            throw new UniVGException("The VAE configuration has no block_out_channels; give one for every level.");
        }

        foreach (var channels in BlockOutChannels.Where(c => c % NormGroups != 0))
        {
            throw new UniVGException(
                $"The VAE configuration has {channels} channels, which {NormGroups} norm groups do not divide; choose another norm_num_groups.");
        }

        if (ScalingFactor <= 0)
        {
            throw new UniVGException($"The VAE configuration has scaling_factor {ScalingFactor}; it must be positive.");
        }
    }
}
