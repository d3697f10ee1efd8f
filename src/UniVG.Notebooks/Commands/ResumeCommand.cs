using System.CommandLine;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg resume [FOLDER]</c>: takes up a saved run.</summary>
public sealed class ResumeCommand : UniVGCommand
{
    private readonly Argument<string?> _folder = new SuggestingArgument<string?>("folder", ValueSources.States)
    {
        Description = $"the run's --output folder, or one state in it; default {AdapterOutput.DefaultFolder}",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Creates the command.</summary>
    public ResumeCommand()
        : base("resume", "Takes up a saved run where its newest state left it; '#!univg train' then goes on.") => Arguments.Add(_folder);

    /// <inheritdoc/>
    public override string Example => "#!univg resume output";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        context.Host.Display(ResultCard.Of(context.Session.ResumeRun(arguments.GetValue(_folder))).ToBundle());
        return Task.CompletedTask;
    }
}
