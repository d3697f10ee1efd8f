using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary>Decides whether a command continues the present run or begins a new one.</summary>
internal static class RunStarter
{
    /// <summary>The run to take steps of.</summary>
    /// <exception cref="UniVGException">Something is missing, the output cannot be written, or a begun run is given other settings.</exception>
    public static FineTuningRun ContinueOrStart(RunOptions options, ParseResult arguments, UniVGSession session)
    {
        session.RequireModel();
        session.RequireDataset();
        var adapter = session.RequireAdapter();
        if (session.Run is { Step: > 0, IsFinished: false } begun)
        {
            if (options.Given(arguments).FirstOrDefault() is { } given)
            {
                throw new UniVGException(
                    $"The run has taken {begun.Step} of {begun.TotalSteps} steps with the settings it began with; leave {given} out to continue it, " +
                    $"or attach a fresh adapter with '#!univg {adapter.Config.Kind}' to begin another.");
            }

            return begun;
        }

        var config = options.ReadConfig(arguments, adapter.Config);
        config.Validate();
        return session.StartRun(config, options.ReadOutput(arguments, adapter.Config));
    }
}
