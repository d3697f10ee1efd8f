using System.CommandLine;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg merge OUT</c>: bakes the attached adapters into a checkpoint that any Stable Diffusion tool reads.</summary>
public sealed class MergeCommand : UniVGCommand
{
    private readonly Argument<string> _path = new SuggestingArgument<string>("output", PathSource.Files(".safetensors")) { Description = "the checkpoint to write, a .safetensors file" };
    private readonly Option<double?> _ratio = OptionFactory.Number("--ratio", "multiplies the adapters' scales; default 1");
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace a file of that name");

    /// <summary>Creates the command.</summary>
    public MergeCommand()
        : base("merge", "Bakes the attached adapters into a copy of the model.")
    {
        Arguments.Add(_path);
        Options.Add(_ratio);
        Options.Add(_overwrite);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg merge output/merged.safetensors";

    /// <inheritdoc/>
    public override string CSharp => "univg.MergeAdapter(\"output/merged.safetensors\")";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var path = arguments.GetValue(_path)!;
        var merged = context.Session.MergeAdapter(path, arguments.GetValue(_ratio) ?? 1, arguments.GetValue(_overwrite));
        var card = ResultCard.Of(merged);
        context.Host.Display((card with { Title = $"Merged into {path}", Facts = [new("size", DisplayFormat.Bytes(new FileInfo(path).Length)), .. card.Facts] }).ToBundle());
        return Task.CompletedTask;
    }
}
