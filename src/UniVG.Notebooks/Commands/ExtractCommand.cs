using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary>
/// <c>#!univg extract OUT</c>: approximates the attached adapter, or what tells a fine-tuned model from the loaded one, by a plain
/// LoRA, which every tool reads.
/// </summary>
public sealed class ExtractCommand : UniVGCommand
{
    private readonly Argument<string> _path = new SuggestingArgument<string>("output", PathSource.Files(".safetensors")) { Description = "the LoRA to write, a .safetensors file" };
    private readonly Option<string?> _adapter = OptionFactory.Text("--adapter", "which of several attached adapters", "NAME", ValueSources.Adapters);
    private readonly Option<string?> _tuned = OptionFactory.Text("--tuned", "a fine-tuned model whose difference from the loaded one is extracted instead", "PATH", PathSource.Files(".safetensors", ".ckpt"));
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace a file of that name");
    private readonly ExtractOptions _ranks;

    /// <summary>Creates the command.</summary>
    public ExtractCommand()
        : base("extract", "Approximates the adapter, or a fine-tuned model, by a plain LoRA (singular value decomposition).")
    {
        Arguments.Add(_path);
        foreach (var option in (Option[])[_adapter, _tuned]) Options.Add(option);
        _ranks = new ExtractOptions(this);
        Options.Add(_overwrite);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg extract output/loha_as_lora.safetensors --dim 32";

    /// <inheritdoc/>
    public override string CSharp => "univg.ExtractLora(\"output/loha_as_lora.safetensors\", new LoraExtractOptions { Dim = 32 })";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var (path, options, overwrite) = (arguments.GetValue(_path)!, _ranks.Read(arguments), arguments.GetValue(_overwrite));
        var (name, tuned) = (arguments.GetValue(_adapter), arguments.GetValue(_tuned));
        if (name is not null && tuned is not null) throw new UniVGException("--adapter and --tuned exclude each other; leave one of them out.");
        return LayerProgress.ShowAsync(context.Host, path, onLayer => tuned is null
            ? context.Session.ExtractLora(path, options, name, overwrite, onLayer, context.Host.CancellationToken)
            : context.Session.ExtractDifference(path, tuned, options, overwrite, onLayer, context.Host.CancellationToken));
    }
}
