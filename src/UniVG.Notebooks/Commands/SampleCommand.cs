using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Exploration;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Hosting;
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

    private readonly ImageOptions _images = new();
    private readonly Option<double?> _scale = OptionFactory.Number("--scale", "multiplies the strength of the attached adapters; default 1", min: double.MinValue);
    private readonly GridOptions _grid = new();
    private readonly Option<string?> _output = OptionFactory.Text("--output", "folder in which 'sample' takes the pictures' files; default the run's, else output", "DIR", PathSource.Folders);
    private readonly Option<bool> _compare = OptionFactory.Flag("--compare", "also draw without any adapter, from the same seeds");

    /// <summary>Creates the command.</summary>
    public SampleCommand()
        : base("sample", "Draws pictures with the model and the adapters that are attached.")
    {
        Arguments.Add(_prompt);
        foreach (var option in (Option[])[.. _images.All, _scale, _compare, _output, .. _grid.All]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg sample \"modality\" --count 4 --seed 1 --compare";

    /// <inheritdoc/>
    public override string CSharp => "await univg.SampleAsync(univg.NewRequest(\"modality\") with { Count = 4, Seed = 1 })";

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var request = _images.Read(arguments.GetValue(_prompt), arguments, context.Session);
        if (_grid.Read(arguments) is { } axes)
        {
            await context.ShowWhileAsync("drawing", "not drawn", SampleGridView.Create, report => context.Session.SampleGridAsync(
                axes.X, axes.Y, request, arguments.GetValue(_scale) ?? 1, _grid.Run(arguments), arguments.GetValue(_output), report, context.Host.CancellationToken)).ConfigureAwait(false);
            return;
        }

        if (arguments.GetValue(_compare) || arguments.GetValue(_scale) is not null) context.Session.Adapters.RequireAny();
        var scale = arguments.GetValue(_scale) ?? 1;
        var display = context.Host.Display(new MimeBundle("drawing"));
        try
        {
            var files = new SampleFiles(context.Session, context.Host.NotebookFolder) { Folder = arguments.GetValue(_output) };
            var adapted = await DrawAsync(request, scale, display, files, context).ConfigureAwait(false);
            display.Update(arguments.GetValue(_compare)
                ? ImageComparison.Create(await DrawAsync(request, 0, display, files, context).ConfigureAwait(false), adapted, options: GridOptions(request))
                : ImageGrid.Create(adapted, GridOptions(request)));
            if (files.Fault is { } fault) context.Host.Display(new MimeBundle(fault));
            if (scale != 0 && context.Session.Adapters.Count > 0 && GrayCheck.Note(context.Session.Dataset, adapted.Select(image => image.Image)) is { } note)
                context.Host.Display(new MimeBundle(note));
        }
        catch
        {
            display.Update(new MimeBundle("not drawn"));
            throw;
        }
    }

    private static async Task<IReadOnlyList<GridImage>> DrawAsync(
        ImageRequest request, double scale, IDisplay display, SampleFiles files, CommandContext context)
    {
        var what = scale == 0 ? "drawing without the adapter" : "drawing";
        using var live = new LiveDisplay<string>(display, text => new MimeBundle(text));
        var images = await context.Session.SampleAsync(
            request, scale, step => live.Post($"{what}: step {step.Index + 1}/{step.Count}"), context.Host.CancellationToken).ConfigureAwait(false);
        return files.SaveOfCommand(images, request, scale).Images;
    }

    private static ImageGridOptions GridOptions(ImageRequest request) => new() { Title = $"“{request.Prompt}”" };
}
