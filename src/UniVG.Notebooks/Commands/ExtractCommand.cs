using System.CommandLine;
using UniVG.Finetuning.Adapters;
using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg extract OUT</c>: approximates the adapter by a plain LoRA, which every tool reads.</summary>
public sealed class ExtractCommand : UniVGCommand
{
    private readonly Argument<string> _path = new("out") { Description = "the LoRA to write, a .safetensors file" };
    private readonly Option<int?> _dim = OptionFactory.Integer("--dim", "rank of Linear and 1×1 layers; default 32");
    private readonly Option<int?> _convDim = OptionFactory.Integer("--conv-dim", "rank of k×k convolutions, 0 for none; default 32", min: 0);
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace a file of that name");

    /// <summary>Creates the command.</summary>
    public ExtractCommand()
        : base("extract", "Approximates the adapter by a plain LoRA (singular value decomposition).")
    {
        Arguments.Add(_path);
        foreach (var option in (Option[])[_dim, _convDim, _overwrite]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg extract output/loha_as_lora.safetensors --dim 32";

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var path = arguments.GetValue(_path)!;
        var defaults = new LoraExtractOptions();
        var options = defaults with
        {
            Dim = arguments.GetValue(_dim) ?? defaults.Dim,
            ConvDim = arguments.GetValue(_convDim) ?? defaults.ConvDim,
        };
        var error = await Task.Factory.StartNew(
            () => context.Session.ExtractLora(path, options, arguments.GetValue(_overwrite), context.Host.CancellationToken),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        context.Host.Display(new Card($"Extracted {path}")
        {
            Facts = [new("size", DisplayFormat.Bytes(new FileInfo(path).Length)), new("lost", FormattableString.Invariant($"{100 * error:0.##} % of the change (relative error)"))],
        }.ToBundle());
    }
}
