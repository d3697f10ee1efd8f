using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Logs;
using UniVG.Finetuning.Training.State;
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
        var given = options.GivenForStart(arguments).FirstOrDefault();
        if (session.Run is { IsFinished: false, HasFailed: false } begun && (begun.Step > 0 || given is null))
        {
            EnsureUnchanged(begun, given, session);
            begun.Change(options.Training.Apply(arguments, begun.Config));
            return begun;
        }

        if (session.Run is { IsFinished: true } && !session.IsSaved)
        {
            throw new UniVGException(
                "The finished adapter is not saved yet; run '#!univg save PATH', " +
                $"or '#!univg {adapter.Config.Kind}' to drop it and attach a fresh one.");
        }

        var applied = session.Configuration;
        var config = applied is null
            ? options.Training.Read(arguments, adapter.Config, session.AdapterSeed)
            : options.Training.Apply(arguments, applied.Training);
        return session.StartRun(
            config, options.Output.Read(arguments, adapter.Config, applied?.Files),
            options.Saves.Read(arguments, applied?.Saves ?? new SaveSchedule()), options.Logs.Read(arguments, applied?.Logs ?? new LogOptions()));
    }

    private static void EnsureUnchanged(FineTuningRun begun, string? given, UniVGSession session)
    {
        var another = $"attach a fresh adapter with '#!univg {begun.Adapter.Config.Kind}' to begin another";
        if (given is not null)
        {
            throw new UniVGException(
                $"The run has taken {begun.Step} of {begun.TotalSteps} steps with the settings it began with; leave {given} out to continue it, change it with '#!univg set', or {another}.");
        }

        if (begun.Dataset != session.Dataset)
            throw new UniVGException($"The run began with the dataset '{begun.Dataset.Folder}', and another was read since; read that again to continue, or {another}.");
    }
}
