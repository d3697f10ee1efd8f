using System.Globalization;

namespace UniVG.Diffusion.Checkpoints;

/// <summary>A whole model in one file, in the layout of CompVis' latent-diffusion: takes its three components apart.</summary>
internal sealed class LdmCheckpoint
{
    private readonly ITensorFile _file;
    private readonly CheckpointOptions _options;
    private readonly List<string> _ignored = [];
    private readonly List<string> _unexpected = [];

    public LdmCheckpoint(ITensorFile file, CheckpointOptions options)
    {
        CheckpointKinds.ThrowUnlessBaseModel(file);
        _file = file;
        _options = options;
        foreach (var key in file.Tensors.Keys.Where(IsOfNoComponent)) (IsTrainingState(key) ? _ignored : _unexpected).Add(key);
    }

    /// <summary>Keys of the training run: averaged weights, schedule buffers, a ControlNet.</summary>
    public IReadOnlyList<string> Ignored => _ignored;

    /// <summary>Keys of nothing that is known.</summary>
    public IReadOnlyList<string> Unexpected => _unexpected;

    public CheckpointPart UNet()
    {
        var keys = Collect(CheckpointPart.Names.UNet, LdmKeyMap.UNetPrefix, UNetMap());
        return keys.ToPart(Config("unet", keys, derived => derived.UNet(_options.UNetHeads, _options.NormGroups)));
    }

    /// <summary>The VAE, or null where the file has none.</summary>
    public CheckpointPart? Vae()
    {
        var keys = Collect(CheckpointPart.Names.Vae, LdmKeyMap.VaePrefix, VaeMap());
        return keys.IsEmpty ? null : keys.ToPart(Config("vae", keys, derived => derived.Vae(_options.NormGroups)));
    }

    public CheckpointPart TextEncoder()
    {
        var keys = Collect(CheckpointPart.Names.TextEncoder, LdmKeyMap.TextEncoderPrefix, LdmKeyMap.TextEncoder());
        if (keys.IsEmpty)
        {
            throw new CheckpointException(
                $"'{_file.Path}' has no text encoder (keys '{LdmKeyMap.TextEncoderPrefix}…'); use a complete checkpoint.", _file.Path);
        }

        return keys.ToPart(Config("text_encoder", keys, derived => derived.TextEncoder(_options.TextEncoderHeads)));
    }

    /// <summary>The VAE of a file that holds one, with or without LDM's prefix.</summary>
    internal static KeyMap VaeMapOf(IEnumerable<string> keys, string prefix)
    {
        var present = keys.ToHashSet();
        var levels = CountWhile(i => present.Contains($"{prefix}encoder.down.{Text(i)}.block.0.conv1.weight"));
        var layers = CountWhile(i => present.Contains($"{prefix}encoder.down.0.block.{Text(i)}.conv1.weight"));
        return LdmKeyMap.Vae(levels, layers);
    }

    // Each level is `layers` residual blocks and a downsampler, but the last has no downsampler.
    private KeyMap UNetMap()
    {
        const string Prefix = LdmKeyMap.UNetPrefix;
        var blocks = CountWhile(i => Has($"input_blocks.{Text(i + 1)}.0.in_layers.0.weight") || IsDownsampler(i + 1));
        var downsamplers = Enumerable.Range(1, blocks).Where(IsDownsampler).ToList();
        var levels = downsamplers.Count + 1;
        var layers = downsamplers.Count > 0 ? downsamplers[0] - 1 : blocks;
        var upAttention = Enumerable.Range(0, levels).Select(i => Has($"output_blocks.{Text(i * (layers + 1))}.1.norm.weight"));
        return LdmKeyMap.UNet(levels, layers, [.. upAttention]);

        bool Has(string key) => _file.Tensors.ContainsKey(Prefix + key);
        bool IsDownsampler(int i) => Has($"input_blocks.{Text(i)}.0.op.weight");
    }

    private KeyMap VaeMap() => VaeMapOf(_file.Tensors.Keys, LdmKeyMap.VaePrefix);

    private ComponentKeys Collect(string name, string prefix, KeyMap map)
    {
        var keys = new ComponentKeys(name, _file);
        foreach (var key in _file.Tensors.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal))) keys.Add(key, map.ToDiffusers(key));
        return keys;
    }

    // Files written by us carry the configuration in their metadata, because weights cannot tell heads and groups.
    private string Config(string component, ComponentKeys keys, Func<DerivedConfig, string> derive) =>
        _file.Metadata.TryGetValue(LdmCheckpointWriter.ConfigKey(component), out var written)
            ? written
            : derive(new DerivedConfig(_file.Path, keys.Weights));

    private static bool IsOfNoComponent(string key) =>
        !key.StartsWith(LdmKeyMap.UNetPrefix, StringComparison.Ordinal)
        && !key.StartsWith(LdmKeyMap.VaePrefix, StringComparison.Ordinal)
        && !key.StartsWith(LdmKeyMap.TextEncoderPrefix, StringComparison.Ordinal);

    private static bool IsTrainingState(string key) =>
        key.StartsWith("model_ema.", StringComparison.Ordinal)
        || key.StartsWith("control_model.", StringComparison.Ordinal)
        || key.StartsWith("posterior_", StringComparison.Ordinal)
        || key.StartsWith("sqrt_", StringComparison.Ordinal)
        || key is "betas" or "alphas_cumprod" or "alphas_cumprod_prev" or "log_one_minus_alphas_cumprod" or "lvlb_weights" or "logvar"
            or "scale_factor";

    private static int CountWhile(Func<int, bool> exists)
    {
        var count = 0;
        while (exists(count)) count++;
        return count;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
