namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// The key maps of the three components of an SD 1.x checkpoint, for any number of levels and blocks. Facts: diffusers,
/// <c>scripts/convert_original_stable_diffusion_to_diffusers.py</c>, and kohya's <c>library/model_util.py</c>.
/// </summary>
public static class LdmKeyMap
{
    /// <summary>The prefix of the UNet's keys in an LDM checkpoint.</summary>
    public const string UNetPrefix = "model.diffusion_model.";

    /// <summary>The prefix of the VAE's keys in an LDM checkpoint.</summary>
    public const string VaePrefix = "first_stage_model.";

    /// <summary>The prefix of the text encoder's keys in an LDM checkpoint.</summary>
    public const string TextEncoderPrefix = "cond_stage_model.transformer.";

    private static readonly (string Ldm, string Diffusers)[] UNetEnds =
    [
        ("time_embed.0", "time_embedding.linear_1"),
        ("time_embed.2", "time_embedding.linear_2"),
        ("input_blocks.0.0", "conv_in"),
        ("out.0", "conv_norm_out"),
        ("out.2", "conv_out"),
    ];

    private static readonly (string Ldm, string Diffusers)[] UNetResnet =
    [
        ("in_layers.0", "norm1"),
        ("in_layers.2", "conv1"),
        ("emb_layers.1", "time_emb_proj"),
        ("out_layers.0", "norm2"),
        ("out_layers.3", "conv2"),
        ("skip_connection", "conv_shortcut"),
    ];

    private static readonly (string Ldm, string Diffusers)[] VaeEnds =
    [
        ("quant_conv", "quant_conv"),
        ("post_quant_conv", "post_quant_conv"),
        ("encoder.conv_in", "encoder.conv_in"),
        ("encoder.conv_out", "encoder.conv_out"),
        ("encoder.norm_out", "encoder.conv_norm_out"),
        ("decoder.conv_in", "decoder.conv_in"),
        ("decoder.conv_out", "decoder.conv_out"),
        ("decoder.norm_out", "decoder.conv_norm_out"),
    ];

    private static readonly (string Ldm, string Diffusers)[] VaeResnet =
    [
        ("norm1", "norm1"),
        ("conv1", "conv1"),
        ("norm2", "norm2"),
        ("conv2", "conv2"),
        ("nin_shortcut", "conv_shortcut"),
    ];

    private static readonly (string Ldm, string Diffusers)[] VaeAttention =
    [
        ("norm", "group_norm"),
        ("q", "to_q"),
        ("k", "to_k"),
        ("v", "to_v"),
        ("proj_out", "to_out.0"),
    ];

    /// <summary>The map of a UNet.</summary>
    /// <param name="levels">The number of resolution levels: of block_out_channels.</param>
    /// <param name="layersPerBlock">Residual blocks of a down level; an up level has one more.</param>
    /// <param name="upAttention">Which up levels have attention, coarsest first: it moves their upsampler's LDM key.</param>
    public static KeyMap UNet(int levels, int layersPerBlock, IReadOnlyList<bool> upAttention)
    {
        ArgumentNullException.ThrowIfNull(upAttention);
        var map = new KeyMap();
        AddAll(map, UNetPrefix, "", UNetEnds);
        AddUNetDown(map, levels, layersPerBlock);
        AddAll(map, $"{UNetPrefix}middle_block.0.", "mid_block.resnets.0.", UNetResnet);
        map.Add($"{UNetPrefix}middle_block.1", "mid_block.attentions.0");
        AddAll(map, $"{UNetPrefix}middle_block.2.", "mid_block.resnets.1.", UNetResnet);
        AddUNetUp(map, levels, layersPerBlock, upAttention);
        return map;
    }

    /// <summary>The map of a VAE (AutoencoderKL); 1×1 convolutions and linear layers are the business of <see cref="CheckpointWeights"/>.</summary>
    /// <param name="levels">The number of resolution levels: of block_out_channels.</param>
    /// <param name="layersPerBlock">Residual blocks of an encoder level; a decoder level has one more.</param>
    public static KeyMap Vae(int levels, int layersPerBlock)
    {
        var map = new KeyMap();
        AddAll(map, VaePrefix, "", VaeEnds);
        foreach (var half in new[] { "encoder", "decoder" })
        {
            var ldm = $"{VaePrefix}{half}.mid.";
            AddAll(map, $"{ldm}block_1.", $"{half}.mid_block.resnets.0.", VaeResnet);
            AddAll(map, $"{ldm}attn_1.", $"{half}.mid_block.attentions.0.", VaeAttention);
            AddAll(map, $"{ldm}block_2.", $"{half}.mid_block.resnets.1.", VaeResnet);
        }

        for (var i = 0; i < levels; i++) AddVaeLevel(map, i, levels, layersPerBlock);
        return map;
    }

    /// <summary>The map of the text encoder, which understands checkpoints without the <c>text_model</c> level too.</summary>
    public static KeyMap TextEncoder()
    {
        var map = new KeyMap();
        map.Add($"{TextEncoderPrefix}text_model", "text_model");
        foreach (var module in new[] { "embeddings", "encoder", "final_layer_norm" })
        {
            map.AddAlias(TextEncoderPrefix + module, $"text_model.{module}");
        }

        return map;
    }

    // input_blocks: conv_in, then for each level its residual blocks (with attention) and a downsampler.
    private static void AddUNetDown(KeyMap map, int levels, int layers)
    {
        for (var level = 0; level < levels; level++)
        {
            var first = 1 + (level * (layers + 1));
            for (var i = 0; i < layers; i++)
            {
                AddAll(map, $"{UNetPrefix}input_blocks.{first + i}.0.", $"down_blocks.{level}.resnets.{i}.", UNetResnet);
                map.Add($"{UNetPrefix}input_blocks.{first + i}.1", $"down_blocks.{level}.attentions.{i}");
            }

            if (level < levels - 1)
            {
                map.Add($"{UNetPrefix}input_blocks.{first + layers}.0.op", $"down_blocks.{level}.downsamplers.0.conv");
            }
        }
    }

    // output_blocks: for each level, coarsest first, its residual blocks (with attention); the upsampler belongs to the last of them.
    private static void AddUNetUp(KeyMap map, int levels, int layers, IReadOnlyList<bool> upAttention)
    {
        for (var block = 0; block < levels; block++)
        {
            var first = block * (layers + 1);
            for (var i = 0; i <= layers; i++)
            {
                AddAll(map, $"{UNetPrefix}output_blocks.{first + i}.0.", $"up_blocks.{block}.resnets.{i}.", UNetResnet);
                map.Add($"{UNetPrefix}output_blocks.{first + i}.1", $"up_blocks.{block}.attentions.{i}");
            }

            if (block < levels - 1)
            {
                var index = upAttention[block] ? 2 : 1;
                map.Add($"{UNetPrefix}output_blocks.{first + layers}.{index}.conv", $"up_blocks.{block}.upsamplers.0.conv");
            }
        }
    }

    // LDM numbers the decoder's levels from the finest, diffusers from the coarsest.
    private static void AddVaeLevel(KeyMap map, int level, int levels, int layers)
    {
        var down = $"{VaePrefix}encoder.down.{level}.";
        var up = $"{VaePrefix}decoder.up.{level}.";
        var upBlock = levels - 1 - level;
        for (var i = 0; i < layers; i++) AddAll(map, $"{down}block.{i}.", $"encoder.down_blocks.{level}.resnets.{i}.", VaeResnet);
        for (var i = 0; i <= layers; i++) AddAll(map, $"{up}block.{i}.", $"decoder.up_blocks.{upBlock}.resnets.{i}.", VaeResnet);
        if (level < levels - 1) map.Add($"{down}downsample.conv", $"encoder.down_blocks.{level}.downsamplers.0.conv");
        if (level > 0) map.Add($"{up}upsample.conv", $"decoder.up_blocks.{upBlock}.upsamplers.0.conv");
    }

    private static void AddAll(KeyMap map, string ldmPrefix, string diffusersPrefix, (string Ldm, string Diffusers)[] modules)
    {
        foreach (var (ldm, diffusers) in modules) map.Add(ldmPrefix + ldm, diffusersPrefix + diffusers);
    }
}
