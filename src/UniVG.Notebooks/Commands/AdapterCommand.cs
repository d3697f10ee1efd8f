using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Targets;
using UniVG.Finetuning.Adapters;
using UniVG.Notebooks.Displays.Cards;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg lora</c>, <c>#!univg loha</c> …: attach a fresh adapter of one method to the model.</summary>
public sealed class AdapterCommand : UniVGCommand
{
    private readonly AdapterConfig _defaults;
    private readonly IReadOnlyList<(AdapterOption Option, Option<bool>? Flag, Option<int?>? Number)> _own;
    private readonly Option<int?> _dim;
    private readonly Option<double?> _alpha;
    private readonly Option<int?> _convDim;
    private readonly Option<double?> _convAlpha;
    private readonly Option<bool> _noConv = OptionFactory.Flag("--no-conv", "leave k×k convolutions alone");
    private readonly Option<bool> _noTextEncoder = OptionFactory.Flag("--no-text-encoder", "adapt the UNet only");
    private readonly Option<string?> _targets;
    private readonly Option<bool> _tucker = OptionFactory.Flag("--tucker", "decompose k×k kernels further (LyCORIS' tucker form): smaller files");
    private readonly Option<bool> _dora = OptionFactory.Flag("--dora", "train magnitudes and directions apart (DoRA, LyCORIS' dora_wd): slower, read by fewer tools");
    private readonly Option<bool> _rankStabilized = OptionFactory.Flag("--rank-stabilized", "scale by alpha / √dim (rs-LoRA)");
    private readonly Option<double?> _dropout = OptionFactory.Number("--dropout", "chance to drop a value of the branch while training; default 0");
    private readonly Option<double?> _rankDropout = OptionFactory.Number("--rank-dropout", "chance to drop a rank while training; default 0");
    private readonly Option<double?> _moduleDropout = OptionFactory.Number("--module-dropout", "chance to drop a whole module while training; default 0");
    private readonly Option<IReadOnlyList<double>?> _blockDims = OptionFactory.Numbers("--block-dims", "25 ranks, one for each block of the UNet; 0 leaves a block alone");
    private readonly Option<IReadOnlyList<double>?> _blockAlphas = OptionFactory.Numbers("--block-alphas", "25 alphas likewise");
    private readonly Option<IReadOnlyList<double>?> _convBlockDims = OptionFactory.Numbers("--conv-block-dims", "25 ranks of k×k convolutions");
    private readonly Option<IReadOnlyList<double>?> _convBlockAlphas = OptionFactory.Numbers("--conv-block-alphas", "25 alphas of k×k convolutions");
    private readonly Option<int?> _seed = OptionFactory.Integer("--seed", "seeds the adapter's start; default 1337", min: 0);

    /// <summary>Creates the command of one method.</summary>
    /// <param name="method">The method, whose own settings become options too.</param>
    public AdapterCommand(AdapterMethod method)
        : base(method.Kind, method.Description)
    {
        var defaults = _defaults = method.Defaults();
        _own = [.. method.Options.Select(option => option.IsFlag
            ? (option, OptionFactory.Flag(NameOf(option), option.Description), (Option<int?>?)null)
            : (option, (Option<bool>?)null, OptionFactory.Integer(NameOf(option), option.Description, min: -1)))];
        _dim = OptionFactory.Integer("--dim", FormattableString.Invariant($"rank of Linear and 1×1 layers; default {defaults.Dim}"));
        _alpha = OptionFactory.Number("--alpha", FormattableString.Invariant($"strength: layers are scaled by alpha / dim; default {defaults.Alpha}"), minAllowed: false);
        _convDim = OptionFactory.Integer("--conv-dim", FormattableString.Invariant($"rank of k×k convolutions; default {defaults.ConvDim}"));
        _convAlpha = OptionFactory.Number("--conv-alpha", FormattableString.Invariant($"strength of k×k convolutions; default {defaults.ConvAlpha}"), minAllowed: false);
        var targets = defaults.Targets == AdapterTargets.Kohya ? "kohya" : "lycoris";
        _targets = OptionFactory.Choice("--targets", $"which layers: kohya's set (350 in SD 1.5) or LyCORIS' (354); default {targets}", ["kohya", "lycoris"]);
        foreach (var option in (Option[])
            [
                _dim, _alpha, _convDim, _convAlpha, _noConv, _noTextEncoder, _targets, _tucker, _dora, _rankStabilized, _dropout, _rankDropout, _moduleDropout,
                _blockDims, _blockAlphas, _convBlockDims, _convBlockAlphas, .. _own.Select(own => (Option?)own.Flag ?? own.Number!), _seed,
            ])
        {
            Options.Add(option);
        }
    }

    /// <inheritdoc/>
    public override string Example => $"#!univg {Name} --dim 16 --alpha 8";

    /// <inheritdoc/>
    public override string CSharp => $"univg.AttachAdapter(new {_defaults.GetType().Name} {{ Dim = 16, Alpha = 8 }})";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var adapter = context.Session.AttachAdapter(ReadConfig(arguments), arguments.GetValue(_seed) ?? 1337);
        context.Host.Display(AdapterCard.Of(adapter).ToBundle());
        return Task.CompletedTask;
    }

    private static string NameOf(AdapterOption option) => "--" + option.Name.Replace('_', '-');

    private AdapterConfig ReadConfig(ParseResult arguments)
    {
        var config = _defaults with
        {
            Dim = arguments.GetValue(_dim) ?? _defaults.Dim,
            Alpha = arguments.GetValue(_alpha) ?? _defaults.Alpha,
            ConvDim = arguments.GetValue(_noConv) ? 0 : arguments.GetValue(_convDim) ?? _defaults.ConvDim,
            ConvAlpha = arguments.GetValue(_convAlpha) ?? _defaults.ConvAlpha,
            TextEncoder = !arguments.GetValue(_noTextEncoder),
            Tucker = arguments.GetValue(_tucker),
            WeightDecompose = arguments.GetValue(_dora),
            RankStabilized = arguments.GetValue(_rankStabilized),
            Dropout = arguments.GetValue(_dropout) ?? 0,
            RankDropout = arguments.GetValue(_rankDropout) ?? 0,
            ModuleDropout = arguments.GetValue(_moduleDropout) ?? 0,
            Blocks = ReadBlocks(arguments),
            Targets = arguments.GetValue(_targets) switch
            {
                "kohya" => AdapterTargets.Kohya,
                "lycoris" => AdapterTargets.Lycoris,
                _ => _defaults.Targets,
            },
        };
        foreach (var (option, flag, number) in _own)
        {
            var value = flag is null ? arguments.GetValue(number!) : arguments.GetValue(flag) ? 1 : null;
            if (value is { } given) config = option.With(config, given);
        }

        return config;
    }

    private BlockSizes? ReadBlocks(ParseResult arguments)
    {
        var blocks = new BlockSizes
        {
            Dims = Whole(_blockDims),
            Alphas = arguments.GetValue(_blockAlphas),
            ConvDims = Whole(_convBlockDims),
            ConvAlphas = arguments.GetValue(_convBlockAlphas),
        };
        return blocks == new BlockSizes() ? null : blocks;

        IReadOnlyList<int>? Whole(Option<IReadOnlyList<double>?> option) => arguments.GetValue(option)?.Select(number => number == (int)number
            ? (int)number
            : throw new UniVGException(FormattableString.Invariant($"{option.Name} holds {number}; ranks are whole numbers."))).ToList();
    }
}
