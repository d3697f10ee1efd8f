using System.CommandLine;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Runs;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg attach [RUN]</c>: shows a run that has a process of its own, from its beginning and on until it ends.</summary>
public sealed class AttachCommand : UniVGCommand
{
    private readonly Argument<string?> _run = RunArgument.Create();

    /// <summary>Creates the command.</summary>
    public AttachCommand()
        : base("attach", "Shows a detached run live; interrupting the cell leaves the run alone.") => Arguments.Add(_run);

    /// <inheritdoc/>
    public override string Example => "#!univg attach output/model_lora-run";

    /// <inheritdoc/>
    public override string CSharp => "UniVG.Notebooks.Runs.RunFolder.Find(\"model_lora-run\")";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var follower = new RunFollower(RunFolder.Find(arguments.GetValue(_run)));
        if (context.Session.TakePlotlyTurn()) context.Host.Display(PlotlyBootstrap.Create());
        return follower.FollowAsync(context.Host.Display(TrainingPanel.Create(follower.Look())), context.Host.CancellationToken);
    }
}
