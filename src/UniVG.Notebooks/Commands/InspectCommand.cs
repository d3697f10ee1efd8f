using System.CommandLine;
using UniVG.Diffusion.Checkpoints;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg inspect FILE</c>: says what a checkpoint or adapter holds, without loading its weights.</summary>
public sealed class InspectCommand : UniVGCommand
{
    private readonly Argument<string> _path = new("file") { Description = "a checkpoint, an adapter, or a diffusers folder" };

    /// <summary>Creates the command.</summary>
    public InspectCommand()
        : base("inspect", "Says what a checkpoint or adapter file holds, without loading it.")
    {
        Arguments.Add(_path);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg inspect output/model_lora.safetensors";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        context.Host.Display(CheckpointCard.Of(CheckpointInspector.Inspect(InputPath.Find(arguments.GetValue(_path)!))).ToBundle());
        return Task.CompletedTask;
    }
}
