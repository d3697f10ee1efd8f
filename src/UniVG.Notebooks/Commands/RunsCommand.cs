using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg runs [FOLDER]</c>: the runs that an output folder knows of.</summary>
public sealed class RunsCommand : UniVGCommand
{
    private readonly Argument<string?> _folder = new("folder")
    {
        Description = $"an --output folder; default {AdapterOutput.DefaultFolder}",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Creates the command.</summary>
    public RunsCommand()
        : base("runs", "Lists the runs of this session and of an output folder, sweeps included, and the saved states.") => Arguments.Add(_folder);

    /// <inheritdoc/>
    public override string Example => "#!univg runs output";

    /// <inheritdoc/>
    public override string CSharp => "univg.FindRuns(\"output\")";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var asked = arguments.GetValue(_folder);
        var folder = InputPath.Find(asked ?? AdapterOutput.DefaultFolder);
        if (asked is not null && !Directory.Exists(folder)) throw new UniVGException($"There is no folder '{asked}'; check the path.");
        context.Host.Display(RunsCard.Of(context.Session, folder).ToBundle());
        return Task.CompletedTask;
    }
}
