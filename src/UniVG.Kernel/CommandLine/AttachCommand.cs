using System.CommandLine;
using UniVG.Kernel.Execution;
using UniVG.Kernel.Runs;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Runs;

namespace UniVG.Kernel.CommandLine;

/// <summary><c>univg attach</c> and <c>univg stop</c>: a run that has a process of its own, seen from a terminal.</summary>
internal static class AttachCommand
{
    public static Command CreateAttach()
    {
        var run = RunArgument();
        var command = new Command("attach", "Follows a detached run; Ctrl-C ends the following, not the run.") { run };
        command.SetAction((parsed, cancellation) => FollowAsync(new RunFollower(RunFolder.Find(parsed.GetValue(run))), cancellation));
        return command;
    }

    public static Command CreateStop()
    {
        var run = RunArgument();
        var command = new Command("stop", "Stops a detached run after its present step and saves its state.") { run };
        command.SetAction(async (parsed, cancellation) =>
        {
            var follower = new RunFollower(RunFolder.Find(parsed.GetValue(run)));
            await follower.StopAsync(cancellation);
            await ConsoleCapture.Output.WriteLineAsync(follower.Note);
            return Exit(follower);
        });
        return command;
    }

    private static async Task<int> FollowAsync(RunFollower follower, CancellationToken cancellation)
    {
        var display = new TerminalPanel(ConsoleCapture.Output, Console.IsOutputRedirected ? null : () => Console.WindowWidth);
        try
        {
            await follower.FollowAsync(display, cancellation);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        finally
        {
            display.Finish();
        }

        return Exit(follower);
    }

    private static int Exit(RunFollower follower) => follower.Status == TrainingStatus.Failed ? ExitCodes.Failed : ExitCodes.Success;

    private static Argument<string?> RunArgument() => new("RUN")
    {
        Description = "The run's folder, such as output/model_lora-run, or its name [default: the newest in output].",
        Arity = ArgumentArity.ZeroOrOne,
    };
}
