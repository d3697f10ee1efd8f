using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Exploration.Grids;

namespace UniVG.Notebooks.Commands;

/// <summary>The options that turn samples into a grid.</summary>
internal sealed class GridOptions
{
    private static readonly ValueSource Axes = ValueSources.Words([.. GridAxis.Names.Select(name => new ValueSuggestion(name == GridAxis.Step ? "step=all" : name + "="))]);

    private readonly Option<GridAxis?> _x = Axis("--x", "columns of a grid: step=all, scale=0.5,1, seed=0,1, cfg=3,7 or sampler=ddim,euler");
    private readonly Option<GridAxis?> _y = Axis("--y", "rows of the grid, likewise");
    private readonly Option<string?> _run = OptionFactory.Text("--run", "whose saved steps are drawn; default the present run", "NAME", ValueSources.NamedRuns);

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> All => [_x, _y, _run];

    /// <summary>The run that a line names; null for the present one.</summary>
    public string? Run(ParseResult arguments) => arguments.GetValue(_run);

    /// <summary>The axes of a line; null where it asks for no grid.</summary>
    /// <exception cref="UniVGException">An option has no meaning with, or without, a grid.</exception>
    public (GridAxis X, GridAxis? Y)? Read(ParseResult arguments)
    {
        var (x, y) = (arguments.GetValue(_x), arguments.GetValue(_y));
        if (x is null && y is null)
            return arguments.GetValue(_run) is null ? null : throw new UniVGException("--run names a run for a grid of its steps; add --x step, or leave it out.");
        foreach (var axis in ((GridAxis?[])[x, y]).OfType<GridAxis>())
            if (axis.Name != GridAxis.Step && IsGiven("--" + axis.Name)) throw new UniVGException($"--{axis.Name} is an axis of the grid; leave the option out.");
        foreach (var name in (string[])["--compare", "--count"])
            if (IsGiven(name)) throw new UniVGException($"A grid has one picture a cell, so {name} has no meaning; --x step=0,all shows the model without adapter, --y seed=0,1 more seeds.");
        return x is null ? (y!, null) : (x, y);

        bool IsGiven(string option) => arguments.GetResult(option) is { } result && result is not System.CommandLine.Parsing.OptionResult { Implicit: true };
    }

    private static Option<GridAxis?> Axis(string name, string description) => new SuggestingOption<GridAxis?>(name, Axes)
    {
        Description = description,
        HelpName = "AXIS=V,V,…",
        CustomParser = result =>
        {
            try
            {
                return GridAxis.Parse(result.Tokens[0].Value);
            }
            catch (UniVGException e)
            {
                result.AddError(e.Message);
                return null;
            }
        },
    };
}
