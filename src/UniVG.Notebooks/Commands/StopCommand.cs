using System.CommandLine;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Runs;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg stop [RUN]</c>: ends a detached run after its present step.</summary>
public sealed class StopCommand : UniVGCommand
{
    private readonly Argument<string?> _run = RunArgument.Create();

    /// <summary>Creates the command.</summary>
    public StopCommand()
        : base("stop", "Stops a detached run after its present step and saves its state.") => Arguments.Add(_run);

    /// <inheritdoc/>
    public override string Example => "#!univg stop";

    /// <inheritdoc/>
    public override string CSharp => "await new UniVG.Notebooks.Runs.RunFollower(UniVG.Notebooks.Runs.RunFolder.Find(\"model_lora-run\")).StopAsync(cellToken)";

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var folder = RunFolder.Find(arguments.GetValue(_run));
        var follower = new RunFollower(folder);
        var display = context.Host.Display(new MimeBundle($"stopping {folder.Name}"));
        try
        {
            await follower.StopAsync(context.Host.CancellationToken).ConfigureAwait(false);
        }
        finally
        {
            display.Update(TrainingPanel.Create(follower.Look()));
        }
    }
}
