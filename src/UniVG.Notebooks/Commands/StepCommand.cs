using System.CommandLine;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg step [N]</c>: takes the next steps of a run, beginning one where there is none.</summary>
public sealed class StepCommand : UniVGCommand
{
    private readonly Argument<int> _count = OptionFactory.IntegerArgument("count", "steps to take now; default 1", fallback: 1);
    private readonly RunOptions _run = new();

    /// <summary>Creates the command.</summary>
    public StepCommand()
        : base("step", "Takes the next steps of the run, then stops and shows it.")
    {
        Arguments.Add(_count);
        foreach (var option in _run.Groups.SelectMany(group => group.Options)) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg step 50";

    /// <inheritdoc/>
    public override string CSharp => "await univg.TrainAsync(50)";

    /// <inheritdoc/>
    public override IReadOnlyList<OptionGroup> OptionGroups => _run.Groups;

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var run = RunStarter.ContinueOrStart(_run, arguments, context.Session);
        await context.TrainAsync(run, arguments.GetValue(_count)).ConfigureAwait(false);
    }
}
