using System.CommandLine;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg resume [RUN]</c>: takes up a saved run.</summary>
public sealed class ResumeCommand : UniVGCommand
{
    private readonly Argument<string?> _run = new SuggestingArgument<string?>("run", ValueSources.States)
    {
        Description = $"a name as 'runs' lists it, an --output folder, or one state in it; default the newest state in {AdapterOutput.DefaultFolder}",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Creates the command.</summary>
    public ResumeCommand()
        : base("resume", "Takes up a saved run where its newest state left it; '#!univg train' then goes on.") => Arguments.Add(_run);

    /// <inheritdoc/>
    public override string Example => "#!univg resume model_lora";

    /// <inheritdoc/>
    public override string CSharp => "univg.ResumeRun(\"model_lora\")";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        context.Host.Display(ResultCard.Of(context.Session.ResumeRun(arguments.GetValue(_run))).ToBundle());
        return Task.CompletedTask;
    }
}
