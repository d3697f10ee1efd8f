using System.CommandLine;
using TorchSharp;
using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg save [PATH]</c>: writes the adapter as it is now.</summary>
public sealed class SaveCommand : UniVGCommand
{
    private static readonly Dictionary<string, torch.ScalarType> Precisions = new()
    {
        ["fp16"] = torch.ScalarType.Float16,
        ["bf16"] = torch.ScalarType.BFloat16,
        ["fp32"] = torch.ScalarType.Float32,
    };

    private readonly Argument<string?> _path = new("path")
    {
        Description = "the file; default the run's, output/model_lora.safetensors or output/model_loha.safetensors",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _precision = OptionFactory.Choice("--precision", "type of the tensors; default fp16", Precisions.Keys);
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace a file of that name");

    /// <summary>Creates the command.</summary>
    public SaveCommand()
        : base("save", "Writes the adapter to a file that kohya, A1111 and ComfyUI read.")
    {
        Arguments.Add(_path);
        Options.Add(_precision);
        Options.Add(_overwrite);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg save output/mine.safetensors --precision fp32";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var saved = context.Session.SaveAdapter(
            arguments.GetValue(_path), Precisions[arguments.GetValue(_precision) ?? "fp16"], arguments.GetValue(_overwrite));
        context.Host.Display(new Card($"Saved {saved.Path}")
        {
            Facts =
            [
                new("size", DisplayFormat.Bytes(saved.Bytes)),
                new("modules", FormattableString.Invariant($"{saved.Modules:N0}")), new("steps", FormattableString.Invariant($"{saved.Steps:N0}"))],
            Notes = context.Session.RequireAdapter().Config.Kind == "loha"
                ? ["LoHA files are read by kohya with LyCORIS, A1111, ComfyUI and peft, but not by diffusers' load_lora_weights."]
                : [],
        }.ToBundle());
        return Task.CompletedTask;
    }
}
