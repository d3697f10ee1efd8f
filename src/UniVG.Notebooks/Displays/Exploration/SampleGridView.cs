using System.Globalization;
using UniVG.Diffusion.Sampling;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Exploration.Grids;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Exploration;

/// <summary>Shows a grid of samples with a heading for each column and row.</summary>
public static class SampleGridView
{
    /// <summary>Shows a grid.</summary>
    public static MimeBundle Create(SampleGrid grid)
    {
        ArgumentNullException.ThrowIfNull(grid);
        var (images, options) = (Images(grid), Options(grid));
        var note = grid.File is { } file ? $"Saved as {Path.GetRelativePath(Environment.CurrentDirectory, file)}." : grid.Fault;
        return new MimeBundle($"{ImageGrid.Text(images, options)}\n{note}")
            .WithHtml(Style.Wrap($"{ImageGrid.Html(images, options)}{(note is null ? "" : $"<p class=\"univg-note\">{Style.Encode(note)}</p>")}"))
            .WithPng(ContactSheet.Draw(images, options));
    }

    /// <summary>The grid as a picture at full size, with what it was drawn with in its text chunk.</summary>
    internal static byte[] Picture(SampleGrid grid, string model)
    {
        var (request, first) = (grid.Request, grid.Images[0]);
        var parameters = new GenerationParameters(
            request.Prompt, request.Steps, KnownSamplers.Find(request.Sampler).Title, request.GuidanceScale, request.Seed, first.Width, first.Height)
        {
            NegativePrompt = request.NegativePrompt,
            Model = model,
            Extras =
            [
                .. grid.Run is { } run ? new KeyValuePair<string, string>[] { new("Run", run) } : [],
                .. new[] { ("X", grid.X), ("Y", grid.Y) }.Where(axis => axis.Item2 is not null)
                    .SelectMany(axis => new KeyValuePair<string, string>[] { new(axis.Item1 + " Type", axis.Item2!.Name), new(axis.Item1 + " Values", string.Join(", ", axis.Item2.Values)) }),
            ],
        };
        return PngChunks.WithText(ContactSheet.DrawFull(Images(grid), Options(grid)), "parameters", parameters.ToString());
    }

    private static ImageGridOptions Options(SampleGrid grid) => new()
    {
        Title = $"“{grid.Request.Prompt}”{(grid.Run is { } run ? $", {run}" : "")}",
        ColumnTitles = [.. grid.X.Values.Select(grid.X.Label)],
        RowTitles = grid.Y is { } rows ? [.. rows.Values.Select(rows.Label)] : [],
    };

    private static IReadOnlyList<GridImage> Images(SampleGrid grid) => [.. grid.Images.Select((image, i) => new GridImage(image, "", string.Create(
        CultureInfo.InvariantCulture,
        $"{grid.Request.Prompt}, {grid.X.Label(grid.X.Values[i % grid.X.Values.Count])}{(grid.Y is { } rows ? ", " + rows.Label(rows.Values[i / grid.X.Values.Count]) : "")}")))];
}
