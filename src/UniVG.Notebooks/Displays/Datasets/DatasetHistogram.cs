using UniVG.Notebooks.Displays.Charts;

namespace UniVG.Notebooks.Displays.Datasets;

/// <summary>How often each brightness occurs in a dataset, 0 (black) to 255 (white).</summary>
/// <param name="Red">Pixels of each red value.</param>
/// <param name="Green">Pixels of each green value.</param>
/// <param name="Blue">Pixels of each blue value.</param>
public sealed record DatasetHistogram(IReadOnlyList<long> Red, IReadOnlyList<long> Green, IReadOnlyList<long> Blue)
{
    private const int TextBars = 32;

    /// <summary>Whether the channels are alike, so that one curve shows all.</summary>
    public bool IsGray => Red.SequenceEqual(Green) && Red.SequenceEqual(Blue);

    /// <summary>The histogram with a title; bar heights grow with the square root, so that a black background does not hide the rest.</summary>
    internal string ToHtml() => $"""
        <p class="univg-title">Brightness of all images, black to white</p>
        {HistogramPicture.Html(Curves, Summary)}
        """;

    /// <summary>One line of text.</summary>
    internal string ToText() => $"brightness, black to white: {Sparkline.Draw([.. Bars(TextBars)], TextBars)}  {Summary}";

    private IReadOnlyList<(IReadOnlyList<long> Counts, string Colour)> Curves => IsGray
        ? [(Red, ChartPalette.Text)]
        : [(Red, ChartPalette.Runs[4]), (Green, ChartPalette.Validation), (Blue, ChartPalette.Loss)];

    private string Summary
    {
        get
        {
            var all = Red.Zip(Green, Blue).Select(v => v.First + v.Second + v.Third).ToArray();
            var (total, seen, median) = (Math.Max(1, all.Sum()), 0L, 0);
            while (median < 255 && (seen += all[median]) * 2 < total) median++;
            return FormattableString.Invariant($"median {median}, black {all[0] / (double)total:P0}, white {all[255] / (double)total:P0}");
        }
    }

    private IEnumerable<double> Bars(int count) => Enumerable.Range(0, count)
        .Select(bar => Math.Sqrt(Enumerable.Range(bar * Red.Count / count, Red.Count / count).Sum(v => Red[v] + Green[v] + Blue[v])));
}
