using System.Globalization;
using System.Text.Json;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>Writes the diffusers configuration of a component whose file has none, from the shapes of its weights.</summary>
/// <param name="path">The file, for messages.</param>
/// <param name="weights">The component's weights by diffusers name.</param>
internal sealed class DerivedConfig(string path, IReadOnlyDictionary<string, TensorInfo> weights)
{
    public string UNet(int heads, int normGroups)
    {
        var levels = Count(i => $"down_blocks.{i}.resnets.0.conv1.weight");
        var channels = Enumerable.Range(0, levels).Select(i => Size($"down_blocks.{i}.resnets.0.conv1.weight", 0)).ToArray();
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["_class_name"] = "UNet2DConditionModel",
            ["attention_head_dim"] = heads,
            ["block_out_channels"] = channels,
            ["cross_attention_dim"] = CrossAttentionDim(),
            ["down_block_types"] = Levels(levels, i => HasAttention($"down_blocks.{i}") ? "CrossAttnDownBlock2D" : "DownBlock2D"),
            ["in_channels"] = Size("conv_in.weight", 1),
            ["layers_per_block"] = Count(i => $"down_blocks.0.resnets.{i}.conv1.weight"),
            ["norm_num_groups"] = normGroups,
            ["out_channels"] = Size("conv_out.weight", 0),
            ["up_block_types"] = Levels(levels, i => HasAttention($"up_blocks.{i}") ? "CrossAttnUpBlock2D" : "UpBlock2D"),
        });
    }

    public string Vae(int normGroups)
    {
        var levels = Count(i => $"encoder.down_blocks.{i}.resnets.0.conv1.weight");
        var channels = Enumerable.Range(0, levels).Select(i => Size($"encoder.down_blocks.{i}.resnets.0.conv1.weight", 0)).ToArray();
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["_class_name"] = "AutoencoderKL",
            ["block_out_channels"] = channels,
            ["down_block_types"] = Levels(levels, _ => "DownEncoderBlock2D"),
            ["in_channels"] = Size("encoder.conv_in.weight", 1),
            ["latent_channels"] = Size("decoder.conv_in.weight", 1),
            ["layers_per_block"] = Count(i => $"encoder.down_blocks.0.resnets.{i}.conv1.weight"),
            ["norm_num_groups"] = normGroups,
            ["out_channels"] = Size("decoder.conv_out.weight", 0),
            ["scaling_factor"] = 0.18215, // of all SD 1.x VAEs (LDM's scale_factor)
            ["up_block_types"] = Levels(levels, _ => "UpDecoderBlock2D"),
        });
    }

    public string TextEncoder(int? heads)
    {
        var width = Size("text_model.embeddings.token_embedding.weight", 1);
        return JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["architectures"] = new List<string> { "CLIPTextModel" },
            ["hidden_act"] = "quick_gelu",
            ["hidden_size"] = width,
            ["intermediate_size"] = Size("text_model.encoder.layers.0.mlp.fc1.weight", 0),
            ["max_position_embeddings"] = Size("text_model.embeddings.position_embedding.weight", 0),
            ["model_type"] = "clip_text_model",
            ["num_attention_heads"] = heads ?? Math.Max(1, width / 64),
            ["num_hidden_layers"] = Count(i => $"text_model.encoder.layers.{i}.mlp.fc1.weight"),
            ["vocab_size"] = Size("text_model.embeddings.token_embedding.weight", 0),
        });
    }

    private long CrossAttentionDim()
    {
        var key = weights.Keys.FirstOrDefault(k => k.EndsWith(".attn2.to_k.weight", StringComparison.Ordinal));
        return key is null ? throw Lacks("a cross-attention, so text cannot steer it") : Size(key, 1);
    }

    private bool HasAttention(string block) => weights.ContainsKey($"{block}.attentions.0.norm.weight");

    private static string[] Levels(int levels, Func<int, string> type) => [.. Enumerable.Range(0, levels).Select(type)];

    // How many items of a list exist; a model without even the first one is no such model.
    private int Count(Func<int, string> name)
    {
        var count = 0;
        while (weights.ContainsKey(name(count))) count++;
        return count > 0 ? count : throw Lacks($"the weight '{name(0)}'");
    }

    private int Size(string name, int dimension)
    {
        if (!weights.TryGetValue(name, out var info)) throw Lacks($"the weight '{name}'");
        return info.Shape.Count > dimension && info.Shape[dimension] is > 0 and <= int.MaxValue
            ? (int)info.Shape[dimension]
            : throw new CheckpointException(
                $"'{path}' has an impossible weight '{name}' of shape {info.ShapeText} " +
                $"(size {dimension.ToString(CultureInfo.InvariantCulture)} must be positive).", path, name);
    }

    private CheckpointException Lacks(string what) =>
        new($"'{path}' lacks {what}; use a complete checkpoint of the Stable Diffusion 1.x family.", path);
}
