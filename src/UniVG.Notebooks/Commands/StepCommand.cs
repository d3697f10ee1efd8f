using System.CommandLine;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg step [N]</c>: takes the next steps of a run, beginning one where there is none.</summary>
public sealed class StepCommand : UniVGCommand
{
    private readonly Argument<int> _count = OptionFactory.IntegerArgument("count", "steps to take now; default 1", fallback: 1);
    private readonly RunOptions _run;
    private readonly SampleSchedule.Options _samples = new();

    /// <summary>Creates the command.</summary>
    public StepCommand()
        : base("step", "Takes the next steps of the run, then stops and shows it.")
    {
        Arguments.Add(_count);
        _run = new RunOptions(this, OptionFactory.Integer("--steps", "steps to plan when this begins a run; default 3000 for LoRA, 1500 for LoHA"));
        _samples.AddTo(this);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg step 50";

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var run = RunStarter.ContinueOrStart(_run, arguments, context.Session);
        await new TrainingDriver(context, run, _samples.Read(arguments, context.Session)).RunAsync(arguments.GetValue(_count)).ConfigureAwait(false);
    }
}
