using System.CommandLine;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg convert FILE OUT</c>: writes an adapter file in the notation of another tool; needs no model.</summary>
public sealed class ConvertCommand : UniVGCommand
{
    private static readonly Dictionary<string, AdapterNaming> Namings = new()
    {
        ["kohya"] = AdapterNaming.Kohya,
        ["diffusers"] = AdapterNaming.Diffusers,
        ["peft"] = AdapterNaming.Peft,
    };

    private readonly Argument<string> _path = new SuggestingArgument<string>("file", PathSource.Files(".safetensors")) { Description = "an adapter file, or a folder of peft" };
    private readonly Argument<string> _output = new SuggestingArgument<string>("output", PathSource.Files(".safetensors")) { Description = "the file to write, a .safetensors file; for peft a folder" };
    private readonly Option<string?> _to = OptionFactory.Choice("--to", "whose notation; default kohya, which A1111 and ComfyUI read", Namings.Keys);
    private readonly Option<string?> _precision = OptionFactory.Choice("--precision", "type of the tensors; default the file's", AdapterPrecisions.ByName.Keys);
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace a file of that name");

    /// <summary>Creates the command.</summary>
    public ConvertCommand()
        : base("convert", "Writes an adapter file in the notation of another tool.")
    {
        Arguments.Add(_path);
        Arguments.Add(_output);
        foreach (var option in (Option[])[_to, _precision, _overwrite]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg convert output/model_lora.safetensors output/for_diffusers.safetensors --to diffusers";

    /// <inheritdoc/>
    public override string CSharp => "AdapterConversion.Convert(\"output/model_lora.safetensors\", \"output/for_diffusers.safetensors\", AdapterNaming.Diffusers)";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var (path, output) = (InputPath.Find(arguments.GetValue(_path)!), arguments.GetValue(_output)!);
        var naming = Namings[arguments.GetValue(_to) ?? "kohya"];
        if (naming == AdapterNaming.Peft) AdapterFile.EnsureFolderWritable(output, arguments.GetValue(_overwrite));
        else AdapterOutput.RequireWritable(output, arguments.GetValue(_overwrite));
        var report = AdapterConversion.Convert(path, output, naming, AdapterPrecisions.Of(arguments.GetValue(_precision)));
        context.Host.Display(new Card($"Wrote {output}")
        {
            Facts = [new("modules", FormattableString.Invariant($"{report.Matched:N0}")), new("names", $"{report.Naming} → {naming}")],
            Warnings = report.Unmatched.Count == 0 ? [] : [FormattableString.Invariant($"{report.Unmatched.Count} tensors, such as '{report.Unmatched[0]}', are no adapter's and were left out.")],
        }.ToBundle());
        return Task.CompletedTask;
    }
}
