using System.Globalization;
using TorchSharp;
using UniVG.Diffusion.Runtime;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Hosting;
using static TorchSharp.torch;

namespace UniVG.Notebooks.Displays.Tensors;

/// <summary>A tensor at a glance: shape, type and device, what its values are like, and small ones' values and pictures themselves.</summary>
public static class TensorView
{
    private const int MostValues = 64;

    /// <summary>Shows a tensor. It is not changed, and stays on its device.</summary>
    public static MimeBundle Create(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (tensor.IsInvalid) return new Card("Tensor") { Notes = ["It was disposed, so its values are gone."] }.ToBundle();
        using var pause = FinalizerPause.Begin();
        var isMeasured = tensor.numel() > 0 && !tensor.is_complex() && tensor.device_type != DeviceType.META && !tensor.is_sparse;
        var statistics = isMeasured ? TensorStatistics.Of(tensor) : null;
        var card = Card(tensor, statistics, isMeasured && statistics is null);
        var values = isMeasured && tensor.numel() <= MostValues ? tensor.ToString(TorchSharp.TensorStringStyle.Numpy, "g5", cultureInfo: CultureInfo.InvariantCulture) : null;
        var (images, scale) = statistics is null || values is not null ? ([], "") : TensorPictures.Of(tensor, statistics);
        return Bundle(card, values, statistics is { Histogram.Count: > 0 } && values is null ? statistics : null, images, new ImageGridOptions { Title = $"As pictures: {scale}" });
    }

    private static MimeBundle Bundle(Card card, string? values, TensorStatistics? statistics, IReadOnlyList<GridImage> images, ImageGridOptions options)
    {
        var (text, html) = (card.ToText(), card.ToHtml());
        if (values is not null) (text, html) = ($"{text}\n{values}", $"{html}<pre>{Style.Encode(values)}</pre>\n");
        if (statistics is not null)
        {
            var range = $"How often values occur, from {Number(statistics.Min)} to {Number(statistics.Max)}";
            text += $"\n{range}:\n{Sparkline.Draw([.. statistics.Histogram.Select(count => Math.Sqrt(count))])}";
            html += $"<p class=\"univg-title\">{range}</p>\n{HistogramPicture.Html([(statistics.Histogram, ChartPalette.Loss)], range)}\n";
        }

        if (images.Count == 0) return new MimeBundle(text).WithHtml(Style.Wrap(html));
        return new MimeBundle($"{text}\n{ImageGrid.Text(images, options)}")
            .WithHtml(Style.Wrap(html + ImageGrid.Html(images, options)))
            .WithPng(ContactSheet.Draw(images, options));
    }

    private static Card Card(Tensor tensor, TensorStatistics? statistics, bool isAllStrange) => new($"Tensor ({string.Join(", ", tensor.shape)})")
    {
        Facts =
        [
            new("type", $"{tensor.dtype} on {tensor.device}{(tensor.requires_grad ? ", with gradient" : "")}"),
            new("values", FormattableString.Invariant($"{tensor.numel():N0}, {DisplayFormat.Bytes(tensor.numel() * tensor.element_size())}")),
            .. statistics is null ? [] : (KeyValuePair<string, string>[])
            [
                new("min, mean, max", $"{Number(statistics.Min)}, {Number(statistics.Mean)}, {Number(statistics.Max)}"),
                new("deviation", Number(statistics.Deviation)),
            ],
        ],
        Warnings = isAllStrange ? ["All values are infinite or not a number."] : statistics is { Strange: > 0 } ? [FormattableString.Invariant($"{statistics.Strange:N0} values are infinite or not a number.")] : [],
        Notes = statistics is { Stride: > 1 } ? [FormattableString.Invariant($"Measured on every {statistics.Stride}th value.")] : [],
    };

    private static string Number(double value) => value.ToString("G4", CultureInfo.InvariantCulture);
}
