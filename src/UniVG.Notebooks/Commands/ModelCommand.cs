using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Cards;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg model PATH</c>: loads a checkpoint, a diffusers folder, or the embedded model.</summary>
public sealed class ModelCommand : UniVGCommand
{
    private readonly Argument<string> _path = new SuggestingArgument<string>(
        "path", PathSource.Files(".safetensors", ".ckpt").With(new ValueSuggestion(ModelLoader.TinyName, "the embedded model")))
    {
        Description = "a .safetensors or .ckpt file, a diffusers folder, or 'tiny', the embedded model",
    };

    private readonly Option<string?> _device = OptionFactory.Text("--device", "auto (a GPU where there is one), cpu, cuda or cuda:N; default auto", "DEVICE", ValueSources.Devices);
    private readonly Option<string?> _precision = OptionFactory.Choice("--precision", "auto is fp32 on the CPU, bf16 or fp16 on a GPU; default auto", ComputePlace.Precisions);
    private readonly Option<string?> _schedule = OptionFactory.Text("--schedule", "noise schedule: auto (the checkpoint's own), sd, univg, or B0,B1; default auto", "NAME",
        ValueSources.Words(new("auto", "the checkpoint's own"), new("sd", "Stable Diffusion's"), new("univg", "UniVG's")));
    private readonly Option<string?> _vae = OptionFactory.Text("--vae", "another VAE: a file or a diffusers folder", "PATH", PathSource.Files(".safetensors", ".ckpt", ".pt"));
    private readonly Option<string?> _tokenizer = OptionFactory.Text("--tokenizer", "a folder with vocab.json and merges.txt", "PATH", PathSource.Folders);

    /// <summary>Creates the command.</summary>
    public ModelCommand()
        : base("model", "Loads a Stable Diffusion 1.x model.")
    {
        Arguments.Add(_path);
        foreach (var option in (Option[])[_device, _precision, _schedule, _vae, _tokenizer]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg model models/univg.safetensors --device auto";

    /// <inheritdoc/>
    public override string CSharp => "univg.LoadModel(\"models/univg.safetensors\", new ModelOptions { Device = \"auto\" })";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var defaults = new ModelOptions();
        var model = context.Session.LoadModel(arguments.GetValue(_path)!, defaults with
        {
            Device = arguments.GetValue(_device) ?? defaults.Device,
            Precision = arguments.GetValue(_precision) ?? defaults.Precision,
            Schedule = arguments.GetValue(_schedule) ?? defaults.Schedule,
            VaePath = arguments.GetValue(_vae),
            TokenizerPath = arguments.GetValue(_tokenizer),
        });
        context.Host.Display(ModelCard.Of(model).ToBundle());
        return Task.CompletedTask;
    }
}
