using System.CommandLine;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg train</c>: trains to the planned end and writes the adapter.</summary>
public sealed class TrainCommand : UniVGCommand
{
    private readonly RunOptions _run = new();

    /// <summary>Creates the command.</summary>
    public TrainCommand()
        : base("train", "Trains the adapter to the end and writes it; continues a run that has begun.")
    {
        foreach (var option in _run.Groups.SelectMany(group => group.Options)) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg train --steps 300 --lr 1e-4 --sample-every 100";

    /// <inheritdoc/>
    public override IReadOnlyList<OptionGroup> OptionGroups => _run.Groups;

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var run = RunStarter.ContinueOrStart(_run, arguments, context.Session);
        await new TrainingDriver(context, run).RunAsync(run.TotalSteps - run.Step).ConfigureAwait(false);
    }
}
