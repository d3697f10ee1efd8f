using System.CommandLine;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Cards;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg detach [NAME]</c>: takes an adapter out of the model.</summary>
public sealed class DetachCommand : UniVGCommand
{
    private readonly Argument<string?> _name = new SuggestingArgument<string?>("name", ValueSources.Adapters)
    {
        Description = "the adapter, as '#!univg' lists it; not needed where there is only one",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<bool> _discard = OptionFactory.Flag("--discard", "lose steps that are not saved");

    /// <summary>Creates the command.</summary>
    public DetachCommand()
        : base("detach", "Takes an adapter out of the model.")
    {
        Arguments.Add(_name);
        Options.Add(_discard);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg detach model_lora";

    /// <inheritdoc/>
    public override string CSharp => "univg.DetachAdapter(\"model_lora\")";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        context.Session.DetachAdapter(arguments.GetValue(_name), arguments.GetValue(_discard));
        context.Host.Display(AdapterCard.Of(context.Session.Adapters).ToBundle());
        return Task.CompletedTask;
    }
}
