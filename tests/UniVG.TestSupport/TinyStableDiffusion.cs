using System.Text.RegularExpressions;
using UniVG.Diffusion.Model;

namespace UniVG.TestSupport;

/// <summary>The golden model <c>sd_tiny.safetensors</c>: its configuration, and its LDM-named weights by the names of our models.</summary>
public sealed partial class TinyStableDiffusion : IDisposable
{
    private readonly GoldenFile _file = Goldens.Open("sd_tiny");

    public static UNetConfig UNetConfig { get; } = new()
    {
        BlockOutChannels = [32, 32, 64, 64], AttentionHeads = [4, 4, 4, 4], CrossAttentionDim = 64, SampleSize = 16,
    };

    public static AutoencoderKLConfig VaeConfig { get; } = new() { BlockOutChannels = [32, 32, 32, 64], SampleSize = 128 };

    public static ClipTextConfig TextConfig { get; } = new()
    {
        VocabSize = 1024, HiddenSize = 64, IntermediateSize = 256, Layers = 3, Heads = 4,
    };

    public DictionaryWeights UNetWeights() => Weights("model.diffusion_model.", UNetName);

    public DictionaryWeights VaeWeights() => Weights("first_stage_model.", VaeName);

    public DictionaryWeights TextWeights() => Weights("cond_stage_model.transformer.", name => name);

    public UNet UNet() => new(UNetConfig, UNetWeights());

    public AutoencoderKL Vae() => new(VaeConfig, VaeWeights());

    public ClipTextEncoder TextEncoder() => new(TextConfig, TextWeights());

    public void Dispose() => _file.Dispose();

    /// <summary>The diffusers name of an LDM name of the UNet, both without their prefix.</summary>
    public static string UNetName(string ldm)
    {
        foreach (var (from, to) in new[]
        {
            ("time_embed.0", "time_embedding.linear_1"), ("time_embed.2", "time_embedding.linear_2"),
            ("input_blocks.0.0", "conv_in"), ("out.0", "conv_norm_out"), ("out.2", "conv_out"),
        })
        {
            if (ldm.StartsWith(from + ".", StringComparison.Ordinal)) return to + ldm[from.Length..];
        }

        return ResnetPart().Replace(UNetBlock().Replace(ldm, BlockPath), part => part.Value switch
        {
            "in_layers.0" => "norm1",
            "in_layers.2" => "conv1",
            "emb_layers.1" => "time_emb_proj",
            "out_layers.0" => "norm2",
            "out_layers.3" => "conv2",
            _ => "conv_shortcut",
        });
    }

    /// <summary>The diffusers name of an LDM name of the VAE, both without their prefix.</summary>
    public static string VaeName(string ldm)
    {
        var name = VaeLevel().Replace(ldm, m => m.Groups["way"].Value == "down"
            ? $"down_blocks.{m.Groups["level"].Value}"
            : $"up_blocks.{3 - int.Parse(m.Groups["level"].Value)}");
        foreach (var (from, to) in new[]
        {
            (".block.", ".resnets."), (".downsample.conv", ".downsamplers.0.conv"), (".upsample.conv", ".upsamplers.0.conv"),
            ("mid.block_1", "mid_block.resnets.0"), ("mid.block_2", "mid_block.resnets.1"), ("mid.attn_1", "mid_block.attentions.0"),
            ("nin_shortcut", "conv_shortcut"), (".norm_out", ".conv_norm_out"), ("attentions.0.norm", "attentions.0.group_norm"),
            ("attentions.0.q.", "attentions.0.to_q."), ("attentions.0.k.", "attentions.0.to_k."),
            ("attentions.0.v.", "attentions.0.to_v."), ("attentions.0.proj_out", "attentions.0.to_out.0"),
        })
        {
            name = name.Replace(from, to, StringComparison.Ordinal);
        }

        return name;
    }

    private static string BlockPath(Match match)
    {
        var (index, part) = (match.Groups["block"].Value == "middle" ? -1 : int.Parse(match.Groups["i"].Value), int.Parse(match.Groups["part"].Value));
        var isConv = match.Groups["conv"].Success;
        return match.Groups["block"].Value switch
        {
            "middle" => part == 1 ? "mid_block.attentions.0." : $"mid_block.resnets.{part / 2}.",
            "input" when match.Groups["op"].Success => $"down_blocks.{(index - 1) / 3}.downsamplers.0.conv.",
            "input" => $"down_blocks.{(index - 1) / 3}.{(part == 0 ? "resnets" : "attentions")}.{(index - 1) % 3}.",
            _ when isConv => $"up_blocks.{index / 3}.upsamplers.0.conv.",
            _ => $"up_blocks.{index / 3}.{(part == 0 ? "resnets" : "attentions")}.{index % 3}.",
        };
    }

    private DictionaryWeights Weights(string prefix, Func<string, string> rename) => new(_file.Tensors
        .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
        .ToDictionary(t => rename(t.Key[prefix.Length..]), t => IsVaeAttention(t.Key) ? t.Value.flatten(1) : t.Value));

    private static bool IsVaeAttention(string key) =>
        key.Contains("mid.attn_1", StringComparison.Ordinal) && key.EndsWith("weight", StringComparison.Ordinal) && !key.Contains("norm", StringComparison.Ordinal);

    [GeneratedRegex(@"^(?<block>input|middle|output)_blocks?\.((?<i>\d+)\.)?(?<part>\d)\.((?<op>op\.)|(?<conv>conv\.))?")]
    private static partial Regex UNetBlock();

    [GeneratedRegex(@"in_layers\.0|in_layers\.2|emb_layers\.1|out_layers\.0|out_layers\.3|skip_connection")]
    private static partial Regex ResnetPart();

    [GeneratedRegex(@"(?<way>down|up)\.(?<level>\d)")]
    private static partial Regex VaeLevel();
}
