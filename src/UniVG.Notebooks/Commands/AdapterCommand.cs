using System.CommandLine;
using UniVG.Finetuning.Adapters;
using UniVG.Notebooks.Displays.Cards;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg lora</c> and <c>#!univg loha</c>: attach a fresh adapter to the model.</summary>
public sealed class AdapterCommand : UniVGCommand
{
    private readonly AdapterConfig _defaults;
    private readonly Option<int?> _dim;
    private readonly Option<double?> _alpha;
    private readonly Option<int?> _convDim;
    private readonly Option<double?> _convAlpha;
    private readonly Option<bool> _noConv = OptionFactory.Flag("--no-conv", "leave k×k convolutions alone");
    private readonly Option<bool> _noTextEncoder = OptionFactory.Flag("--no-text-encoder", "adapt the UNet only");
    private readonly Option<string?> _targets;
    private readonly Option<bool> _tucker = OptionFactory.Flag("--tucker", "decompose k×k kernels further (LyCORIS' tucker form): smaller files");
    private readonly Option<bool> _rankStabilized = OptionFactory.Flag("--rank-stabilized", "scale by alpha / √dim (rs-LoRA)");
    private readonly Option<double?> _dropout = OptionFactory.Number("--dropout", "chance to drop a value of the branch while training; default 0");
    private readonly Option<double?> _rankDropout = OptionFactory.Number("--rank-dropout", "chance to drop a rank while training; default 0");
    private readonly Option<double?> _moduleDropout = OptionFactory.Number("--module-dropout", "chance to drop a whole module while training; default 0");
    private readonly Option<int?> _seed = OptionFactory.Integer("--seed", "seeds the adapter's start; default 1337", min: 0);

    /// <summary>Creates the command of one kind of adapter.</summary>
    /// <param name="defaults">The configuration that options change.</param>
    /// <param name="description">One sentence for help.</param>
    public AdapterCommand(AdapterConfig defaults, string description)
        : base(defaults.Kind, description)
    {
        _defaults = defaults;
        _dim = OptionFactory.Integer("--dim", FormattableString.Invariant($"rank of Linear and 1×1 layers; default {defaults.Dim}"));
        _alpha = OptionFactory.Number("--alpha", FormattableString.Invariant($"strength: layers are scaled by alpha / dim; default {defaults.Alpha}"), minAllowed: false);
        _convDim = OptionFactory.Integer("--conv-dim", FormattableString.Invariant($"rank of k×k convolutions; default {defaults.ConvDim}"));
        _convAlpha = OptionFactory.Number("--conv-alpha", FormattableString.Invariant($"strength of k×k convolutions; default {defaults.ConvAlpha}"), minAllowed: false);
        var targets = defaults.Targets == AdapterTargets.Kohya ? "kohya" : "lycoris";
        _targets = OptionFactory.Choice("--targets", $"which layers: kohya's set (350 in SD 1.5) or LyCORIS' (354); default {targets}", ["kohya", "lycoris"]);
        foreach (var option in (Option[])[_dim, _alpha, _convDim, _convAlpha, _noConv, _noTextEncoder, _targets, _tucker, _rankStabilized, _dropout, _rankDropout, _moduleDropout, _seed]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => $"#!univg {Name} --dim 16 --alpha 8";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var adapter = context.Session.AttachAdapter(
            _defaults with
            {
                Dim = arguments.GetValue(_dim) ?? _defaults.Dim,
                Alpha = arguments.GetValue(_alpha) ?? _defaults.Alpha,
                ConvDim = arguments.GetValue(_noConv) ? 0 : arguments.GetValue(_convDim) ?? _defaults.ConvDim,
                ConvAlpha = arguments.GetValue(_convAlpha) ?? _defaults.ConvAlpha,
                TextEncoder = !arguments.GetValue(_noTextEncoder),
                Tucker = arguments.GetValue(_tucker),
                RankStabilized = arguments.GetValue(_rankStabilized),
                Dropout = arguments.GetValue(_dropout) ?? 0,
                RankDropout = arguments.GetValue(_rankDropout) ?? 0,
                ModuleDropout = arguments.GetValue(_moduleDropout) ?? 0,
                Targets = arguments.GetValue(_targets) switch
                {
                    "kohya" => AdapterTargets.Kohya,
                    "lycoris" => AdapterTargets.Lycoris,
                    _ => _defaults.Targets,
                },
            },
            arguments.GetValue(_seed) ?? 1337);
        context.Host.Display(AdapterCard.Of(adapter).ToBundle());
        return Task.CompletedTask;
    }
}
