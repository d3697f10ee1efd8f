using System.CommandLine;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg save [PATH]</c>: writes the adapter as it is now.</summary>
public sealed class SaveCommand : UniVGCommand
{
    private readonly Argument<string?> _path = new SuggestingArgument<string?>("path", PathSource.Files(".safetensors"))
    {
        Description = "the file; default the run's, output/model_lora.safetensors or output/model_loha.safetensors",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _precision = OptionFactory.Choice("--precision", "type of the tensors; default the run's, fp16 as a rule", AdapterPrecisions.ByName.Keys);
    private readonly Option<string?> _metadata = OptionFactory.Choice("--metadata", "standard leaves folder names and captions out, full has all of kohya's; default standard", ["standard", "full"]);
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace a file of that name");

    /// <summary>Creates the command.</summary>
    public SaveCommand()
        : base("save", "Writes the adapter to a file that kohya, A1111 and ComfyUI read.")
    {
        Arguments.Add(_path);
        Options.Add(_precision);
        Options.Add(_metadata);
        Options.Add(_overwrite);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg save output/mine.safetensors --precision fp32";

    /// <inheritdoc/>
    public override string CSharp => "univg.SaveAdapter(\"output/mine.safetensors\")";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var saved = context.Session.SaveAdapter(
            arguments.GetValue(_path), AdapterPrecisions.Of(arguments.GetValue(_precision)), arguments.GetValue(_overwrite),
            arguments.GetValue(_metadata) == "full" ? MetadataDetail.Full : MetadataDetail.Standard);
        context.Host.Display((ResultCard.Of(saved) with
        {
            Warnings = context.Session.Evaluations.LastOrDefault(e => e.Run == context.Session.Run)?.MemorisationWarning is { } memorised ? [memorised] : [],
            Notes =
            [
                .. AdapterAdvice.AfterSaving(context.Session.RequireAdapter()) is { } advice ? [advice] : Array.Empty<string>(),
                .. context.Session.Adapters.Where(adapter => !adapter.IsOwn).Select(adapter => $"'{adapter.Name}', which acts beside it, is not in the file."),
            ],
        }).ToBundle());
        return Task.CompletedTask;
    }
}
