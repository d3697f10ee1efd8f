using System.Text.RegularExpressions;

namespace UniVG.Finetuning.Adapters.Files;

/// <summary>
/// Finds the dotted path of a layer again in kohya's flat name of it: down_blocks_0_resnets_1_conv1 is down_blocks.0.resnets.1.conv1.
/// The names of Stable Diffusion 1.x also tell which layers are convolutions.
/// </summary>
internal static partial class LayerNames
{
    private const char Kept = '\u0001';
    private static readonly string[] LargeKernels = [".conv1", ".conv2", ".conv"];
    private static readonly string[] UnitKernels = [".proj_in", ".proj_out", ".conv_shortcut"];

    /// <summary>The path.</summary>
    /// <param name="flatName">A name without <c>lora_unet_</c> or <c>lora_te_</c>.</param>
    public static string PathOf(string flatName) => Compounds().Replace(flatName, word => word.Value.Replace('_', Kept)).Replace('_', '.').Replace(Kept, '_');

    /// <summary>The kernel's size: 3 or 1 of a convolution, 0 of a Linear layer.</summary>
    public static int KernelOf(string path) => path is "conv_in" or "conv_out" || EndsWithAny(path, LargeKernels) ? 3 : EndsWithAny(path, UnitKernels) ? 1 : 0;

    private static bool EndsWithAny(string path, string[] endings) => endings.Any(ending => path.EndsWith(ending, StringComparison.Ordinal));

    [GeneratedRegex(
        "(?<=^|_)(down_blocks|up_blocks|mid_block|transformer_blocks|time_embedding|linear_[12]|time_emb_proj|conv_shortcut|conv_in|conv_out|" +
        "to_[qkv]|to_out|proj_in|proj_out|text_model|self_attn|[qkv]_proj|out_proj)(?=_|$)")]
    private static partial Regex Compounds();
}
