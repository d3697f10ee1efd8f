using System.CommandLine;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Cards;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg scale X [NAME]</c>: changes the strength of an attached adapter.</summary>
public sealed class ScaleCommand : UniVGCommand
{
    private readonly Argument<double> _scale = OptionFactory.NumberArgument("scale", "the strength: 1 as trained, 0 off, below 0 the opposite");

    private readonly Argument<string?> _name = new SuggestingArgument<string?>("name", ValueSources.Adapters)
    {
        Description = "the adapter, as '#!univg' lists it; not needed where there is only one",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Creates the command.</summary>
    public ScaleCommand()
        : base("scale", "Changes the strength of an attached adapter, at once.")
    {
        Arguments.Add(_scale);
        Arguments.Add(_name);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg scale 0.7 model_lora";

    /// <inheritdoc/>
    public override string CSharp => "univg.ScaleAdapter(0.7, \"model_lora\")";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        context.Session.ScaleAdapter(arguments.GetValue(_scale), arguments.GetValue(_name));
        context.Host.Display(AdapterCard.Of(context.Session.Adapters).ToBundle());
        return Task.CompletedTask;
    }
}
