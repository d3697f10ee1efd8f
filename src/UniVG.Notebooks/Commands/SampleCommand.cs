using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Sampling;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg sample "PROMPT"</c>: draws pictures, with the adapter where one is attached.</summary>
public sealed class SampleCommand : UniVGCommand
{
    private readonly Argument<string?> _prompt = new SuggestingArgument<string?>("prompt", ValueSources.Prompts)
    {
        Description = "what to draw; default the first trigger word",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _negative = OptionFactory.Text("--negative", "what not to draw; default nothing");
    private readonly Option<int?> _count = OptionFactory.Integer("--count", "number of pictures; default 4");
    private readonly Option<PixelSize?> _size = OptionFactory.Size("--size", "size of the pictures; default the model's own (512 for SD 1.5)");
    private readonly Option<int?> _steps = OptionFactory.Integer("--steps", "steps of the sampler; default 20");
    private readonly Option<double?> _cfg = OptionFactory.Number("--cfg", "guidance: how strongly to follow the prompt; default 7 (tiny: 3)");
    private readonly Option<string?> _sampler = OptionFactory.Choice("--sampler", "how noise becomes a picture; default ddim", KnownSamplers.All.Select(s => s.Name));
    private readonly Option<int?> _seed = OptionFactory.Integer("--seed", "seed of the first picture, the next count up; default 0", min: 0);
    private readonly Option<int?> _clipSkip = OptionFactory.Integer("--clip-skip", "text encoder layer, counted from the last; default the run's, else 1");
    private readonly Option<double?> _scale = OptionFactory.Number("--scale", "multiplies the strength of the attached adapters; default 1", min: double.MinValue);
    private readonly Option<bool> _compare = OptionFactory.Flag("--compare", "also draw without any adapter, from the same seeds");

    /// <summary>Creates the command.</summary>
    public SampleCommand()
        : base("sample", "Draws pictures with the model and the adapters that are attached.")
    {
        Arguments.Add(_prompt);
        foreach (var option in (Option[])[_negative, _count, _size, _steps, _cfg, _sampler, _seed, _clipSkip, _scale, _compare]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg sample \"modality\" --count 4 --seed 1 --compare";

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var request = Request(arguments, context.Session);
        request.Validate();
        if (arguments.GetValue(_compare) || arguments.GetValue(_scale) is not null) context.Session.Adapters.RequireAny();
        var scale = arguments.GetValue(_scale) ?? 1;
        var display = context.Host.Display(new MimeBundle("drawing"));
        try
        {
            var adapted = await DrawAsync(request, scale, display, context).ConfigureAwait(false);
            display.Update(arguments.GetValue(_compare)
                ? ImageComparison.Create(await DrawAsync(request, 0, display, context).ConfigureAwait(false), adapted, options: GridOptions(request))
                : ImageGrid.Create(adapted, GridOptions(request)));
            if (scale != 0 && context.Session.Adapters.Count > 0 && GrayCheck.Note(context.Session.Dataset, adapted.Select(image => image.Image)) is { } note)
                context.Host.Display(new MimeBundle(note));
        }
        catch
        {
            display.Update(new MimeBundle("not drawn"));
            throw;
        }
    }

    private ImageRequest Request(ParseResult arguments, UniVGSession session)
    {
        var model = session.RequireModel();
        var defaults = new ImageRequest { Prompt = arguments.GetValue(_prompt) ?? session.DefaultPrompt };
        var size = arguments.GetValue(_size);
        return defaults with
        {
            NegativePrompt = arguments.GetValue(_negative) ?? defaults.NegativePrompt,
            Count = arguments.GetValue(_count) ?? 4,
            Width = size?.Width,
            Height = size?.Height,
            Steps = arguments.GetValue(_steps) ?? defaults.Steps,
            GuidanceScale = arguments.GetValue(_cfg) ?? model.SuggestedGuidance,
            Sampler = arguments.GetValue(_sampler) ?? defaults.Sampler,
            Seed = arguments.GetValue(_seed) ?? defaults.Seed,
            ClipSkip = arguments.GetValue(_clipSkip) ?? session.Run?.Config.ClipSkip ?? defaults.ClipSkip,
            PromptChunks = session.Run?.Config.PromptChunks ?? defaults.PromptChunks,
        };
    }

    private static async Task<IReadOnlyList<GridImage>> DrawAsync(ImageRequest request, double scale, IDisplay display, CommandContext context)
    {
        using var scaled = context.Session.Adapters.ScaledBy(scale);
        var what = scale == 0 ? "drawing without the adapter" : "drawing";
        using var live = new LiveDisplay<string>(display, text => new MimeBundle(text));
        var images = await ImageDrawing.DrawAsync(
            context.Session.RequireModel().Pipeline, request, step => live.Post($"{what}: step {step.Index + 1}/{step.Count}"),
            context.Host.CancellationToken).ConfigureAwait(false);
        return [.. images.Select((image, i) => ImageDrawing.Label(image, request, i))];
    }

    private static ImageGridOptions GridOptions(ImageRequest request) => new() { Title = $"“{request.Prompt}”" };
}
