using System.CommandLine;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Displays.Datasets;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg data FOLDER</c>: reads and shows a dataset.</summary>
public sealed class DataCommand : UniVGCommand
{
    private readonly Argument<string> _folder = new("folder") { Description = "the folder that holds [repeats]_[trigger word] folders" };
    private readonly Option<PixelSize?> _resolution = OptionFactory.Size("--resolution", "training size; default the model's own (512 for SD 1.5)");
    private readonly Option<bool> _noBucket = OptionFactory.Flag("--no-bucket", "crop all images to one size instead of sorting them by aspect ratio");
    private readonly Option<bool> _upscale = OptionFactory.Flag("--upscale", "enlarge small images to the training size");
    private readonly Option<int?> _bucketStep = OptionFactory.Integer("--bucket-step", "pixels between bucket sizes; default 64", min: 8);
    private readonly Option<string?> _captionExtension = OptionFactory.Text("--caption-extension", "ending of caption files; default .txt", ".txt");
    private readonly Option<bool> _flip = OptionFactory.Flag("--flip", "also train on mirrored images");

    /// <summary>Creates the command.</summary>
    public DataCommand()
        : base("data", "Reads a dataset folder and shows what is in it.")
    {
        Arguments.Add(_folder);
        foreach (var option in (Option[])[_resolution, _noBucket, _upscale, _bucketStep, _captionExtension, _flip]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg data dataset --resolution 512";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var native = context.Session.DefaultResolution;
        var size = arguments.GetValue(_resolution) ?? new PixelSize(native, native);
        var defaults = DatasetOptions.ForResolution(size.Width, size.Height);
        var dataset = context.Session.LoadDataset(arguments.GetValue(_folder)!, defaults with
        {
            EnableBuckets = !arguments.GetValue(_noBucket),
            NoUpscale = !arguments.GetValue(_upscale),
            BucketStep = arguments.GetValue(_bucketStep) ?? defaults.BucketStep,
            CaptionExtension = arguments.GetValue(_captionExtension) ?? defaults.CaptionExtension,
            FlipAugmentation = arguments.GetValue(_flip),
        });
        var summary = DatasetSummaries.Of(dataset);
        context.Host.Display(DatasetView.Create(context.Session.Model is null && arguments.GetValue(_resolution) is null
            ? summary with { Warnings = [.. summary.Warnings, $"No model is loaded yet, so {native} pixels are assumed; load the model first, or pass --resolution."] }
            : summary));
        return Task.CompletedTask;
    }
}
