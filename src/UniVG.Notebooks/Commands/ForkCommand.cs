using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Training.Settings;
using UniVG.Notebooks.Displays.Cards;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg fork NAME=VALUE…</c>: tries other settings from where the run is, or from its start.</summary>
public sealed class ForkCommand : UniVGCommand
{
    private readonly Argument<string[]> _values = SetCommand.SettingArgument("the settings that differ, such as lr=5e-5 steps=600");
    private readonly Option<bool> _fromStart = OptionFactory.Flag("--from-start", "begin with the adapter's start and step 1, to compare whole runs");
    private readonly OutputOptions _output = new();

    /// <summary>Creates the command.</summary>
    public ForkCommand()
        : base("fork", "Begins a run with other settings from where the present run is; that one must be saved.")
    {
        Arguments.Add(_values);
        Options.Add(_fromStart);
        foreach (var option in _output.Group.Options) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg fork lr=5e-5 steps=600";

    /// <inheritdoc/>
    public override string CSharp => "univg.ForkRun(univg.Run.Config with { LearningRate = 5e-5, Steps = 600 })";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var session = context.Session;
        var present = session.Run ?? throw new UniVGException("There is no run to fork; begin one with '#!univg step' or '#!univg train'.");
        var config = TrainingSettings.Apply(present.Config, arguments.GetValue(_values) ?? []);
        var output = _output.IsGiven(arguments) ? _output.Read(arguments, session.RequireAdapter().Config) : null;
        var run = session.ForkRun(config, output, arguments.GetValue(_fromStart));
        context.Host.Display((SessionCard.Of(run) with { Notes = ["'#!univg step N' or '#!univg train' goes on."] }).ToBundle());
        return Task.CompletedTask;
    }
}
