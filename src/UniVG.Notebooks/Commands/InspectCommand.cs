using System.CommandLine;
using UniVG.Diffusion.Checkpoints;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Adapters;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg inspect FILE</c>: says what a checkpoint or an adapter holds.</summary>
public sealed class InspectCommand : UniVGCommand
{
    private readonly Argument<string> _path = new SuggestingArgument<string>("file", PathSource.Files(".safetensors", ".ckpt", ".pt")) { Description = "a checkpoint, an adapter, or a diffusers folder" };

    /// <summary>Creates the command.</summary>
    public InspectCommand()
        : base("inspect", "Says what a checkpoint or adapter file holds, of an adapter also where it changes how much.")
    {
        Arguments.Add(_path);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg inspect output/model_lora.safetensors";

    /// <inheritdoc/>
    public override string CSharp => "AdapterInspector.Inspect(\"output/model_lora.safetensors\"); CheckpointInspector.Inspect(\"model.safetensors\")";

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var path = InputPath.Find(arguments.GetValue(_path)!);
        var bundle = await Task.Factory.StartNew(
            () => IsAdapter(path) ? AdapterView.Create(AdapterInspector.Inspect(path)) : CheckpointCard.Of(CheckpointInspector.Inspect(path)).ToBundle(),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        context.Host.Display(bundle);
    }

    // Of the other kinds that are recognised by the same names, such as (IA)³, only the header can be shown.
    private static bool IsAdapter(string path)
    {
        if (Directory.Exists(path)) return AdapterFile.IsPeftFolder(path);
        using var file = TensorFile.Open(path);
        return CheckpointKinds.Detect(file) == CheckpointKind.Adapter && AdapterFile.IsKnown(file);
    }
}
