using System.CommandLine;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg train</c>: trains to the planned end and writes the adapter.</summary>
public sealed class TrainCommand : UniVGCommand
{
    private readonly RunOptions _run;
    private readonly SampleSchedule.Options _samples = new();

    /// <summary>Creates the command.</summary>
    public TrainCommand()
        : base("train", "Trains the adapter to the end and writes it; continues a run that has begun.")
    {
        _run = new RunOptions(this, OptionFactory.Integer("--steps", "optimizer steps; default 3000 for LoRA, 1500 for LoHA"));
        _samples.AddTo(this);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg train --steps 300 --lr 1e-4 --sample-every 100";

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var run = RunStarter.ContinueOrStart(_run, arguments, context.Session);
        await new TrainingDriver(context, run, _samples.Read(arguments, context.Session)).RunAsync(run.TotalSteps - run.Step).ConfigureAwait(false);
    }
}
