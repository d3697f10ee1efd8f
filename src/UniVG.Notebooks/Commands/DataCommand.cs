using System.CommandLine;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Data;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Displays.Datasets;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg data FOLDER</c> or <c>FILE.toml</c>: reads, checks and shows a dataset.</summary>
public sealed class DataCommand : UniVGCommand
{
    private readonly Argument<string> _path = new SuggestingArgument<string>("folder", PathSource.Files(".toml"))
    {
        Description = "the folder that holds [repeats]_[trigger word] folders, or a dataset .toml of kohya's trainer",
    };

    private readonly DataOptions _options = new();

    /// <summary>Creates the command.</summary>
    public DataCommand()
        : base("data", "Reads a dataset, checks every image, and shows what is in it.")
    {
        Arguments.Add(_path);
        foreach (var option in _options.Groups.SelectMany(group => group.Options)) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg data dataset --resolution 512";

    /// <inheritdoc/>
    public override string CSharp => "univg.LoadDataset(\"dataset\", DatasetOptions.ForResolution(512, 512))";

    /// <inheritdoc/>
    public override IReadOnlyList<OptionGroup> OptionGroups => _options.Groups;

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var path = arguments.GetValue(_path)!;
        var size = context.Session.DefaultResolution;
        var options = _options.Read(arguments, size, DatasetReader.IsToml(path) ? KohyaDefaults.Dataset : null);
        var display = context.Host.Display(new MimeBundle("checking images"));
        try
        {
            var summary = await SummarizeAsync(path, options, display, context).ConfigureAwait(false);
            if (context.Session.Model is null && !_options.GivesResolution(arguments))
                summary = summary with { Warnings = [.. summary.Warnings, $"No model is loaded yet, so {size} pixels are assumed; load the model first, or pass --resolution."] };
            display.Update(DatasetView.Create(summary));
        }
        catch
        {
            display.Update(new MimeBundle("not read"));
            throw;
        }
    }

    private static async Task<DatasetSummary> SummarizeAsync(string path, DatasetOptions options, IDisplay display, CommandContext context)
    {
        using var live = new LiveDisplay<string>(display, text => new MimeBundle(text));
        var cancellation = context.Host.CancellationToken;
        return await Task.Run(
            () => DatasetSummaries.Of(context.Session.LoadDataset(path, options, (done, total) => live.Post($"checking images {done}/{total}"), cancellation), cancellation),
            cancellation).ConfigureAwait(false);
    }
}
