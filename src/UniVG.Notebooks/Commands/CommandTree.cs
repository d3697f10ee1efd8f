using System.CommandLine;
using UniVG.Finetuning.Adapters.Loha;
using UniVG.Finetuning.Adapters.Lokr;
using UniVG.Finetuning.Adapters.Lora;

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
                new AdapterCommand(new LoraConfig(), "Attaches a fresh LoRA: small, read by every tool."),
                new AdapterCommand(new LohaConfig(), "Attaches a fresh LoHA: higher effective rank at the same size."),
                new AdapterCommand(new LokrConfig(), "Attaches a fresh LoKr: a Kronecker product, the smallest files."),
                new TrainCommand(),
                new StepCommand(),
                new SetCommand(),
                new ForkCommand(),
                new ResumeCommand(),
                new AttachCommand(),
                new StopCommand(),
                new RunsCommand(),
                new ConfigCommand(),
                new SampleCommand(),
                new EvaluateCommand(),
                new SaveCommand(),
                new LoadCommand(),
                new MergeCommand(),
                new ExtractCommand(),
                new InspectCommand(),
                new SynthCommand(),
                new DoctorCommand(),
                new HelpCommand(),
            ])
        {
            root.Subcommands.Add(command);
        }

        return root;
    }
}
