using System.Globalization;
using SkiaSharp;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Synthesis;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Synthesis;

/// <summary>Shows generated pictures: the first ones with what is known about their pixels, and the geometry of all vessels.</summary>
public static class SynthesisView
{
    private const int Shown = 6;

    /// <summary>Shows pictures, with a row below them for each map.</summary>
    /// <param name="images">At least one picture.</param>
    /// <param name="title">What they are.</param>
    /// <param name="masks">Whether to show masks.</param>
    /// <param name="centrelines">Whether to show axes.</param>
    /// <param name="labels">Whether to show Strahler orders, a colour an order.</param>
    public static MimeBundle Create(
        IReadOnlyList<SyntheticImage> images, string title, bool masks = false, bool centrelines = false, bool labels = false)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentOutOfRangeException.ThrowIfZero(images.Count);
        var first = images.Take(Shown).ToArray();
        var rows = new List<(string Title, Func<SyntheticImage, RgbImage> Draw)> { ("picture", image => image.Image) };
        if (masks) rows.Add(("mask", image => VesselMaps.ToPicture(image.Mask)));
        if (centrelines) rows.Add(("centrelines", image => VesselMaps.ToPicture(image.DrawCentrelines())));
        if (labels) rows.Add(("Strahler order, a colour each", image => Coloured(image.DrawLabels(), image.Image.Width)));

        var pictures = rows.SelectMany(row => first.Select(image => new GridImage(row.Draw(image), "", $"{row.Title}: {image.Caption}")
        {
            Caption = row.Title == "picture" ? image.Caption : null,
        })).ToArray();
        var options = new ImageGridOptions { Title = title, Columns = first.Length, RowTitles = rows.Count > 1 ? [.. rows.Select(row => row.Title)] : [] };
        var table = Statistics(images);
        return new MimeBundle($"{ImageGrid.Text(pictures, options)}\n\n{table.ToText()}")
            .WithHtml(Style.Wrap($"{ImageGrid.Html(pictures, options)}\n{table.ToHtml()}"))
            .WithPng(ContactSheet.Draw(pictures, options));
    }

    /// <summary>The geometry of the vessels: the mean over the pictures of each measure, and how much pictures differ.</summary>
    public static Table Statistics(IReadOnlyList<SyntheticImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var trees = images.Select(image => VesselTreeStatistics.Of(image.Tree)).ToArray();
        IReadOnlyList<string> Row(string name, IEnumerable<double> values, string format)
        {
            var spread = Spread.Of([.. values.Where(double.IsFinite)]);
            string Text(double value) => double.IsNaN(value) ? "–" : value.ToString(format, CultureInfo.InvariantCulture);
            return [name, Text(spread.Mean), Text(spread.Deviation)];
        }

        return new Table(
            [new("vessels"), new("mean of the pictures", true), new("standard deviation", true)],
            [
                Row("share of the picture, %", images.Select(image => 100 * image.Density), "0.0"),
                Row("length of all axes, in sides of the picture", trees.Select(t => t.LengthDensity), "0.0"),
                Row("branches", trees.Select(t => (double)t.Branches), "0"),
                Row("highest Strahler order", trees.Select(t => (double)t.HighestOrder), "0.0"),
                Row("angle of branching, °", trees.Select(t => t.BranchAngle.Mean), "0"),
                Row("radius ratio of the two branches", trees.Select(t => t.RadiusRatio.Mean), "0.00"),
                Row("Murray exponent", trees.Select(t => t.MurrayExponent.Mean), "0.00"),
                Row("length / diameter of a branch", trees.Select(t => t.LengthToDiameter.Mean), "0.0"),
                Row("tortuosity of a branch", trees.Select(t => t.Tortuosity.Mean), "0.00"),
            ]);
    }

    private static RgbImage Coloured(byte[] labels, int size)
    {
        var colours = ChartPalette.Runs.Select(SKColor.Parse).ToArray();
        var image = new RgbImage(size, size);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == 0) continue;
            var colour = colours[(labels[i] - 1) % colours.Length];
            (image.Pixels[i * 3], image.Pixels[(i * 3) + 1], image.Pixels[(i * 3) + 2]) = (colour.Red, colour.Green, colour.Blue);
        }

        return image;
    }
}
