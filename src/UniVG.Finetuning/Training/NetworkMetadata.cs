using UniVG.Finetuning.Adapters;
using static UniVG.Finetuning.Training.PythonText;

namespace UniVG.Finetuning.Training;

/// <summary>kohya's <c>ss_network_*</c> entries: with which module and arguments it would make the same network.</summary>
internal static class NetworkMetadata
{
    /// <summary>Writes the entries of a configuration over those that are there.</summary>
    public static void Set(Dictionary<string, string> entries, AdapterConfig adapter)
    {
        entries["ss_network_module"] = adapter.IsKohya ? "networks.lora" : "lycoris.kohya";
        entries["ss_network_dim"] = Text(adapter.Dim);
        entries["ss_network_alpha"] = Text(adapter.Alpha);
        entries["ss_network_dropout"] = adapter.Dropout > 0 ? Text(adapter.Dropout) : None;
        entries.Remove("ss_network_args");
        if (Arguments(adapter) is { Count: > 0 } arguments) entries["ss_network_args"] = Json(arguments);
    }

    // All values are text there.
    private static Dictionary<string, string> Arguments(AdapterConfig adapter)
    {
        var arguments = new Dictionary<string, string>();
        if (adapter.ConvDim > 0 || !adapter.IsKohya) arguments["conv_dim"] = Text(adapter.ConvDim);
        if (adapter.ConvDim > 0) arguments["conv_alpha"] = Text(adapter.ConvAlpha);
        if (adapter.Dropout > 0) arguments["dropout"] = Text(adapter.Dropout);
        if (adapter.RankDropout > 0) arguments["rank_dropout"] = Text(adapter.RankDropout);
        if (adapter.ModuleDropout > 0) arguments["module_dropout"] = Text(adapter.ModuleDropout);
        if (adapter.Blocks is { } blocks)
        {
            if (blocks.Dims is { } dims) arguments["block_dims"] = string.Join(',', dims.Select(dim => Text(dim)));
            if (blocks.Alphas is { } alphas) arguments["block_alphas"] = string.Join(',', alphas.Select(alpha => Text(alpha)));
            if (blocks.ConvDims is { } convDims) arguments["conv_block_dims"] = string.Join(',', convDims.Select(dim => Text(dim)));
            if (blocks.ConvAlphas is { } convAlphas) arguments["conv_block_alphas"] = string.Join(',', convAlphas.Select(alpha => Text(alpha)));
        }

        if (adapter.IsKohya) return arguments;
        arguments["algo"] = adapter.Kind == "lora" ? "locon" : adapter.Kind;
        arguments["preset"] = adapter.Targets == AdapterTargets.Lycoris ? "full" : "attn-mlp";
        if (adapter.Tucker) arguments["use_tucker"] = Text(true);
        if (adapter.RankStabilized) arguments["rs_lora"] = Text(true);
        if (adapter.WeightDecompose) (arguments["dora_wd"], arguments["wd_on_output"]) = (Text(true), Text(true));
        foreach (var option in KnownAdapters.Of(adapter.Kind).Options)
            arguments[option.Name] = option.IsFlag ? Text(option.Get(adapter) != 0) : Text(option.Get(adapter));
        return arguments;
    }
}
