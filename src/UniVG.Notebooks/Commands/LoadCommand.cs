using System.CommandLine;
using UniVG.Finetuning.Adapters;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg load FILE</c>: applies an adapter file to the model.</summary>
public sealed class LoadCommand : UniVGCommand
{
    private readonly Argument<string> _path = new("file") { Description = "a LoRA, LoHA or LoKr of kohya, LyCORIS, diffusers or peft" };
    private readonly Option<bool> _partial = OptionFactory.Flag("--partial", "also accept a file that matches only some of its modules");
    private readonly Option<double?> _scale = OptionFactory.Number("--scale", "strength; default 1");

    /// <summary>Creates the command.</summary>
    public LoadCommand()
        : base("load", "Applies an adapter file to the model, in place of the present adapter.")
    {
        Arguments.Add(_path);
        Options.Add(_partial);
        Options.Add(_scale);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg load output/model_lora.safetensors";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var adapter = context.Session.LoadAdapter(InputPath.Find(arguments.GetValue(_path)!), new AdapterLoadOptions
        {
            AllowPartial = arguments.GetValue(_partial),
            Multiplier = arguments.GetValue(_scale) ?? 1,
        });
        var card = AdapterCard.Of(adapter);
        context.Host.Display((card with { Notes = [.. card.Notes, $"{adapter.LoadReport}."] }).ToBundle());
        return Task.CompletedTask;
    }
}
