using SkiaSharp;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Hosting;
using static TorchSharp.torch;

namespace UniVG.Notebooks.Tests.Displays.Tensors;

public class TensorViewTests
{
    private static MimeBundle View(Tensor shown) => ResultFormatter.Format(shown)!;

    [Fact]
    public void A_small_tensor_shows_its_values()
    {
        using var shown = tensor(new float[] { 1, 2, 3, 4.5f, 5, 6 }, [2, 3]);

        var text = View(shown).PlainText;

        Assert.StartsWith("Tensor (2, 3)", text, StringComparison.Ordinal);
        Assert.Contains("Float32 on cpu", text, StringComparison.Ordinal);
        Assert.Contains("1, 3.583, 6", text, StringComparison.Ordinal);
        Assert.Contains("4.5", text, StringComparison.Ordinal);
        MarkupAssert.WellFormed(View(shown));
    }

    [Fact]
    public void A_tensor_of_the_shape_of_pictures_is_shown_as_pictures()
    {
        // Left half black, right half white in each of two pictures, in the VAE's range.
        using var half = ones([2, 3, 16, 8]);
        using var shown = cat([half.neg(), half], -1);

        var bundle = View(shown);

        var sources = MarkupAssert.WellFormed(bundle).Descendants("img").Select(image => image.Attribute("src")!.Value).ToList();
        Assert.Equal(3, sources.Count); // the histogram, then the pictures
        using var picture = SKBitmap.Decode(Convert.FromBase64String(sources[1].Split(',')[1]));
        Assert.Equal((16, 16), (picture.Width, picture.Height));
        Assert.Equal((0, 255), (picture.GetPixel(7, 5).Red, picture.GetPixel(8, 5).Green));
        Assert.Contains("black is -1, white is 1", bundle.PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public void Latents_show_each_channel_in_grey()
    {
        using var shown = randn([1, 4, 8, 8]);

        Assert.Equal(5, MarkupAssert.WellFormed(View(shown)).Descendants("img").Count());
    }

    [Fact]
    public void The_histogram_counts_and_strange_values_are_named()
    {
        using var shown = cat([zeros([300]), ones([100]), full([2], float.NaN)]);

        var text = View(shown).PlainText;

        Assert.Contains("0, 0.25, 1", text, StringComparison.Ordinal);
        Assert.Contains("Warning: 2 values are infinite or not a number.", text, StringComparison.Ordinal);
        Assert.Contains("How often values occur, from 0 to 1:\n█", text, StringComparison.Ordinal);
        using var strange = full([100], float.NaN);
        Assert.Contains("Warning: All values are infinite or not a number.", View(strange).PlainText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.Bool)]
    [InlineData(ScalarType.Byte)]
    public void Every_type_is_measured(ScalarType type)
    {
        using var shown = ones([100], type);

        Assert.Contains("min, mean, max  1, 1, 1", View(shown).PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_without_values_or_disposed_are_described_all_the_same()
    {
        using var empty = zeros([0, 3]);
        Assert.StartsWith("Tensor (0, 3)", View(empty).PlainText, StringComparison.Ordinal);

        var disposed = zeros([2]);
        disposed.Dispose();
        Assert.Contains("disposed", View(disposed).PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_leaves_no_tensor_behind()
    {
        using var shown = randn([2, 3, 16, 16]);
        View(shown);
        var before = Tensor.TotalCount;

        View(shown);

        Assert.Equal(before, Tensor.TotalCount);
    }
}
