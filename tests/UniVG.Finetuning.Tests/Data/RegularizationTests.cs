using UniVG.Diffusion;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Tests.Data;

public sealed class RegularizationTests : IDisposable
{
    private readonly TemporaryDataset _data = new();

    public void Dispose() => _data.Dispose();

    // Traced by hand through the loop of sd-scripts: own repeats in the first pass, then one at a time, until enough are shown.
    [Theory]
    [InlineData(3, 2, 20, new[] { 7, 7, 6 })]
    [InlineData(3, 2, 5, new[] { 2, 2, 2 })]
    [InlineData(4, 3, 6, new[] { 3, 3 })]
    [InlineData(2, 1, 2, new[] { 1, 1 })]
    public void Repeats_grow_until_as_many_are_shown_as_training_pictures(int images, int repeats, int training, int[] expected)
    {
        var choice = new BucketChoice(new BucketSize(64, 64), 64, 64, 0);
        BucketedImage[] list = [.. Enumerable.Range(0, images).Select(i => new BucketedImage($"{i}.png", "x", 64, 64, repeats, choice))];

        Assert.Equal(expected, RegularizationRepeats.Balance(list, training).Select(image => image.Repeats));
    }

    [Fact]
    public void A_regularisation_folder_is_read_like_the_dataset_and_balanced()
    {
        _data.AddImage("train/4_mine/a.png", 64, 64);
        _data.AddImage("train/4_mine/b.png", 64, 64);
        _data.AddImage("reg/1_vessel/r1.png", 64, 64);
        _data.AddImage("reg/1_vessel/r2.png", 64, 64);
        _data.AddImage("reg/1_vessel/r3.png", 64, 64);
        var options = DatasetOptions.ForResolution(64, 64) with { RegularizationFolder = _data.Path("reg") };

        var dataset = DatasetFolder.Read(_data.Path("train"), options);

        Assert.Equal([(4, false, "mine"), (4, false, "mine"), (3, true, "vessel"), (3, true, "vessel"), (2, true, "vessel")],
            dataset.Images.Select(image => (image.Repeats, image.IsRegularization, image.Caption)));
        Assert.Equal(16, dataset.ImagesPerEpoch);
        Assert.Equal(["mine"], dataset.Concepts.Select(concept => concept.Trigger));
        Assert.Equal(["vessel"], dataset.Regularization.Select(concept => concept.Trigger));
    }

    [Fact]
    public void An_empty_or_missing_regularisation_folder_is_named()
    {
        _data.AddImage("train/4_mine/a.png", 64, 64);
        _data.AddText("reg/1_vessel/broken.png", "x");
        var options = DatasetOptions.ForResolution(64, 64);

        var empty = Assert.Throws<UniVGException>(() => DatasetFolder.Read(_data.Path("train"), options with { RegularizationFolder = _data.Path("reg") }));
        var missing = Assert.Throws<UniVGException>(() => DatasetFolder.Read(_data.Path("train"), options with { RegularizationFolder = _data.Path("nowhere") }));

        Assert.Contains("regularisation", empty.Message, StringComparison.Ordinal);
        Assert.Contains(_data.Path("nowhere"), missing.Message, StringComparison.Ordinal);
    }
}
