using System.CommandLine;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Cards;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg load FILE</c>: applies an adapter file to the model.</summary>
public sealed class LoadCommand : UniVGCommand
{
    private readonly Argument<string> _path = new SuggestingArgument<string>("file", ValueSources.NamedRuns) { Description = "a LoRA, LoHA or LoKr of kohya, LyCORIS, diffusers or peft, or a run as 'runs' lists it" };
    private readonly Option<bool> _add = OptionFactory.Flag("--add", "keep the present adapter and apply this one beside it; it is not trained");
    private readonly Option<double?> _scale = OptionFactory.Number("--scale", "strength; default 1", min: double.MinValue);
    private readonly Option<bool> _partial = OptionFactory.Flag("--partial", "also accept a file that matches only some of its modules");
    private readonly Option<bool> _discard = OptionFactory.Flag("--discard", "lose steps of the present adapter that are not saved");

    /// <summary>Creates the command.</summary>
    public LoadCommand()
        : base("load", "Applies an adapter file to the model, in place of the present adapter or beside it.")
    {
        Arguments.Add(_path);
        foreach (var option in (Option[])[_add, _scale, _partial, _discard]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg load output/model_lora.safetensors --add --scale 0.5";

    /// <inheritdoc/>
    public override string CSharp => "univg.LoadAdapter(\"model_lora\"); univg.AddAdapter(\"other.safetensors\", new AdapterLoadOptions { Multiplier = 0.5 })";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var session = context.Session;
        var path = arguments.GetValue(_path)!;
        var options = new AdapterLoadOptions { AllowPartial = arguments.GetValue(_partial), Multiplier = arguments.GetValue(_scale) ?? 1 };
        var adapter = arguments.GetValue(_add) ? session.AddAdapter(path, options).Network : session.LoadAdapter(path, options, arguments.GetValue(_discard));
        var card = AdapterCard.Of(adapter);
        context.Host.Display((session.Adapters.Count == 1 ? card : card with { Tables = AdapterCard.Of(session.Adapters).Tables }).ToBundle());
        return Task.CompletedTask;
    }
}
