using System.CommandLine;
using UniVG.Finetuning.Adapters;

namespace UniVG.Notebooks.Commands;

/// <summary>All commands, in the order in which help lists them; the one source of parsing, help and completion.</summary>
internal static class CommandTree
{
    /// <summary>Builds the tree.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("Fine-tunes Stable Diffusion 1.x models on images of vessels.");

        // The notebook has 'help' and 'doctor' for what --help and --version do on a command line.
        root.Options.Clear();
        root.Directives.Clear();
        foreach (var command in (UniVGCommand[])
            [
                new ModelCommand(),
                new DataCommand(),
                .. KnownAdapters.Methods.Select(method => new AdapterCommand(method)),
                new TrainCommand(),
                new StepCommand(),
                new SetCommand(),
                new ForkCommand(),
                new ResumeCommand(),
                new AttachCommand(),
                new StopCommand(),
                new RunsCommand(),
                new CompareCommand(),
                new SweepCommand(),
                new ConfigCommand(),
                new SampleCommand(),
                new EvaluateCommand(),
                new SaveCommand(),
                new LoadCommand(),
                new ScaleCommand(),
                new DetachCommand(),
                new MergeCommand(),
                new ExtractCommand(),
                new ResizeCommand(),
                new ConvertCommand(),
                new InspectCommand(),
                new SynthCommand(),
                new DoctorCommand(),
                new HelpCommand(root),
            ])
        {
            root.Subcommands.Add(command);
        }

        return root;
    }
}
