using System.CommandLine;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg resize FILE OUT</c>: makes a LoRA of other ranks of an adapter file; needs no model.</summary>
public sealed class ResizeCommand : UniVGCommand
{
    private readonly Argument<string> _path = new SuggestingArgument<string>("file", PathSource.Files(".safetensors")) { Description = "a LoRA, or a LoHA or LoKr that is to become one" };
    private readonly Argument<string> _output = new SuggestingArgument<string>("output", PathSource.Files(".safetensors")) { Description = "the LoRA to write, a .safetensors file" };
    private readonly Option<string?> _precision = OptionFactory.Choice("--precision", "type of the tensors; default the file's", AdapterPrecisions.ByName.Keys);
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace a file of that name");
    private readonly ExtractOptions _ranks;

    /// <summary>Creates the command.</summary>
    public ResizeCommand()
        : base("resize", "Makes a LoRA of other ranks of an adapter file (kohya's resize), also of a LoHA or LoKr.")
    {
        Arguments.Add(_path);
        Arguments.Add(_output);
        _ranks = new ExtractOptions(this);
        Options.Add(_precision);
        Options.Add(_overwrite);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg resize output/model_lora.safetensors output/small.safetensors --dim 8 --conv-dim 4";

    /// <inheritdoc/>
    public override string CSharp => "AdapterConversion.Resize(\"output/model_lora.safetensors\", \"output/small.safetensors\", new LoraExtractOptions { Dim = 8, ConvDim = 4 })";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var (path, output, options) = (InputPath.Find(arguments.GetValue(_path)!), arguments.GetValue(_output)!, _ranks.Read(arguments));
        options.Validate();
        AdapterOutput.RequireWritable(output, arguments.GetValue(_overwrite));
        return LayerProgress.ShowAsync(context.Host, output, onLayer => AdapterConversion.Resize(
            path, output, options, AdapterPrecisions.Of(arguments.GetValue(_precision)), onLayer, context.Host.CancellationToken));
    }
}
