using System.CommandLine;
using UniVG.Finetuning.Adapters.Operations;

namespace UniVG.Notebooks.Commands;

/// <summary>The options of <c>extract</c> and <c>resize</c>: which ranks the LoRA gets. The dynamic methods have kohya's names.</summary>
internal sealed class ExtractOptions
{
    private static readonly Dictionary<string, RankRule> Methods = new()
    {
        ["sv_ratio"] = RankRule.Ratio,
        ["sv_fro"] = RankRule.Frobenius,
        ["sv_cumulative"] = RankRule.Cumulative,
    };

    private readonly Option<int?> _dim = OptionFactory.Integer("--dim", "rank of Linear and 1×1 layers, with a dynamic method the largest; default 32");
    private readonly Option<int?> _convDim = OptionFactory.Integer("--conv-dim", "rank of k×k convolutions, 0 for none; default 32", min: 0);
    private readonly Option<string?> _method = OptionFactory.Choice(
        "--dynamic-method", "choose each layer's rank by its singular values: those above the largest / X, or a share X of their squares or of their sum; default off", Methods.Keys);

    private readonly Option<double?> _value = OptionFactory.Number("--dynamic-param", "the X of the dynamic method; default 0.9", minAllowed: false);
    private readonly Option<double?> _clamp = OptionFactory.Number("--clamp-quantile", "clamp outliers to this quantile of the values, as kohya's 0.99; default off", minAllowed: false);

    /// <summary>Adds the options to a command.</summary>
    public ExtractOptions(Command command)
    {
        foreach (var option in (Option[])[_dim, _convDim, _method, _value, _clamp]) command.Options.Add(option);
    }

    /// <summary>What a line asks for.</summary>
    public LoraExtractOptions Read(ParseResult arguments)
    {
        var defaults = new LoraExtractOptions();
        return defaults with
        {
            Dim = arguments.GetValue(_dim) ?? defaults.Dim,
            ConvDim = arguments.GetValue(_convDim) ?? defaults.ConvDim,
            Rule = arguments.GetValue(_method) is { } method ? Methods[method] : RankRule.Fixed,
            RuleValue = arguments.GetValue(_value) ?? defaults.RuleValue,
            ClampQuantile = arguments.GetValue(_clamp),
        };
    }
}
