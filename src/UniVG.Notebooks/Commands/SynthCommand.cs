using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Finetuning.Synthesis;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Synthesis;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg synth MODALITY</c>: draws vessel pictures of which every vessel is known, and writes them as a data set.</summary>
public sealed class SynthCommand : UniVGCommand
{
    private readonly Argument<string[]> _modality = new SuggestingArgument<string[]>("modality", ValueSources.Words(KnownModalities.All.Select(m => m.Name)))
    {
        Description = $"one of {string.Join(", ", KnownModalities.All.Select(m => m.Name))}",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<int?> _count = OptionFactory.Integer("--count", "number of pictures; default 8");
    private readonly Option<int?> _size = OptionFactory.Integer("--size", "pixels on a side, 16 to 2048; default 256", min: VesselSynthesizer.MinSize);
    private readonly Option<int?> _seed = OptionFactory.Integer("--seed", "number of the first picture, the next count up; default 0", min: 0);
    private readonly Option<string?> _region = OptionFactory.Text("--region", "a picture whose white part is where vessels may grow, such as a real mask", "FILE", PathSource.Files(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"));
    private readonly Option<string?> _output = OptionFactory.Text("--output", "write PNG files there, such as dataset/10_modality; default only show", "FOLDER", PathSource.Folders);
    private readonly Option<bool> _masks = OptionFactory.Flag("--masks", "also masks: 255 on a vessel (in masks/)");
    private readonly Option<bool> _centrelines = OptionFactory.Flag("--centrelines", "also axes, one pixel wide (in centrelines/)");
    private readonly Option<bool> _labels = OptionFactory.Flag("--labels", "also branch orders: each pixel its vessel's Strahler order (in labels/)");
    private readonly Option<bool> _captions = OptionFactory.Flag("--captions", "also a text file beside each picture, such as 'dense thin vessels'");
    private readonly Option<bool> _overwrite = OptionFactory.Flag("--overwrite", "replace files of those names");

    /// <summary>Creates the command.</summary>
    public SynthCommand()
        : base("synth", "Generates vessel pictures with masks, axes and branch orders; the same for the same seed.")
    {
        Arguments.Add(_modality);
        foreach (var option in (Option[])[_count, _size, _seed, _region, _output, _masks, _centrelines, _labels, _captions, _overwrite]) Options.Add(option);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg synth retinal fundus --count 24 --output dataset/10_fundus --masks";

    /// <inheritdoc/>
    public override string CSharp => "new SynthesisOptions { Modality = \"retinal fundus\", Count = 24, Masks = true }.Generate()";

    /// <inheritdoc/>
    public override async Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var (options, folder) = (Read(arguments), arguments.GetValue(_output));
        if (folder is null && (options.Captions || arguments.GetValue(_overwrite)))
            throw new UniVGException("--captions and --overwrite say how to write files; name a folder with --output.");
        var display = context.Host.Display(new MimeBundle("drawing vessels"));
        try
        {
            using var live = new LiveDisplay<string>(display, text => new MimeBundle(text));
            var images = await Task.Run(
                () => Generate(options, folder, arguments.GetValue(_overwrite), done => live.Post($"drawn {done} of {options.Count}"), context.Host.CancellationToken),
                CancellationToken.None).ConfigureAwait(false);
            live.Dispose();
            var title = FormattableString.Invariant($"{images.Count} × {images[0].Modality}, {options.Size} × {options.Size} pixels") + (folder is null ? "" : $", written to {folder}");
            display.Update(SynthesisView.Create(images, title, options.Masks, options.Centrelines, options.Labels));
        }
        catch
        {
            display.Update(new MimeBundle("not drawn"));
            throw;
        }
    }

    private SynthesisOptions Read(ParseResult arguments)
    {
        var defaults = new SynthesisOptions { Modality = string.Join(' ', arguments.GetValue(_modality)!) };
        return defaults with
        {
            Count = arguments.GetValue(_count) ?? defaults.Count,
            Size = arguments.GetValue(_size) ?? defaults.Size,
            Seed = arguments.GetValue(_seed) ?? defaults.Seed,
            Region = arguments.GetValue(_region) is { } file ? GrowthRegion.FromFile(InputPath.Find(file)) : null,
            Masks = arguments.GetValue(_masks),
            Centrelines = arguments.GetValue(_centrelines),
            Labels = arguments.GetValue(_labels),
            Captions = arguments.GetValue(_captions),
        };
    }

    private static IReadOnlyList<SyntheticImage> Generate(
        SynthesisOptions options, string? folder, bool overwrite, Action<int> onImage, CancellationToken cancellation)
    {
        if (folder is not null) return SyntheticDataset.Write(folder, options, overwrite, onImage, cancellation);
        var images = new List<SyntheticImage>(options.Count);
        foreach (var image in options.Generate())
        {
            cancellation.ThrowIfCancellationRequested();
            images.Add(image);
            onImage(images.Count);
        }

        return images;
    }
}
