using UniVG.Diffusion;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data.Captions;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Tests.Data;

public sealed class DatasetFolderTests : IDisposable
{
    private readonly TemporaryDataset _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Folder_names_give_repeats_and_trigger_words()
    {
        foreach (var name in new[] { "10_modality", "5_coronary angiography", "3_a_b", "007_x", "2" }) _data.AddImage($"{name}/a.png");

        var dataset = DatasetFolder.Read(_data.Folder);

        Assert.Equal(
            [(7, "x"), (10, "modality"), (2, ""), (3, "a_b"), (5, "coronary angiography")],
            dataset.Concepts.Select(c => (c.Repeats, c.Trigger)));
        Assert.Equal("modality", dataset.Concepts[1].Images[0].Caption);
        Assert.Equal(27, dataset.ImagesPerEpoch);
    }

    [Fact]
    public void Captions_come_from_the_file_beside_the_picture_or_from_the_trigger_word()
    {
        _data.AddImage("10_modality/a.png");
        _data.AddImage("10_modality/b.png");
        _data.AddText("10_modality/a.txt", "\n  a retina, red \nsecond line\n");

        var plain = DatasetFolder.Read(_data.Folder);
        var wildcards = DatasetFolder.Read(_data.Folder, new DatasetOptions { Captions = new CaptionOptions { EnableWildcard = true } });

        Assert.Equal(["a retina, red", "modality"], plain.Images.Select(i => i.Caption));
        Assert.Equal("a retina, red\nsecond line", wildcards.Images[0].Caption);
        Assert.Equal(0, plain.OtherFiles);
    }

    [Fact]
    public void Everything_unused_is_named_with_its_reason()
    {
        _data.AddImage("10_modality/good.png");
        _data.AddText("10_modality/broken.png", "no picture");
        _data.AddImage("10_modality/silent.png");
        _data.AddText("10_modality/silent.txt", " \n");
        _data.AddImage("10_modality/small.png", 40, 300);
        _data.AddImage("10_modality/more/deep.png");
        _data.AddImage("0_never/a.png");
        _data.AddImage("other/a.png");
        _data.AddText("10_modality/notes.md", "fine");
        Directory.CreateDirectory(_data.Path("4_empty"));

        var dataset = DatasetFolder.Read(_data.Folder);

        var skipped = dataset.Skipped.ToDictionary(s => Path.GetRelativePath(_data.Folder, s.Path), s => s.Reason);
        Assert.Equal(7, skipped.Count);
        Assert.Contains("0 repeats", skipped["0_never"], StringComparison.Ordinal);
        Assert.Contains("number of repeats", skipped["other"], StringComparison.Ordinal);
        Assert.Contains("no pictures", skipped["4_empty"], StringComparison.Ordinal);
        Assert.Contains("not read", skipped[Path.Combine("10_modality", "more")], StringComparison.Ordinal);
        Assert.Contains("not a picture", skipped[Path.Combine("10_modality", "broken.png")], StringComparison.Ordinal);
        Assert.Contains("silent.txt is empty", skipped[Path.Combine("10_modality", "silent.png")], StringComparison.Ordinal);
        Assert.Contains("40×300", skipped[Path.Combine("10_modality", "small.png")], StringComparison.Ordinal);
        Assert.Equal(1, dataset.OtherFiles);
        Assert.Single(dataset.Images);
    }

    [Fact]
    public void Every_image_is_reported_and_reading_can_be_cancelled()
    {
        for (var i = 0; i < 5; i++) _data.AddImage($"1_x/{i}.png", 64, 64);
        var told = new System.Collections.Concurrent.ConcurrentBag<(int Done, int Total)>();

        DatasetFolder.Read(_data.Folder, new DatasetOptions(), (done, total) => told.Add((done, total)), TestContext.Current.CancellationToken);

        Assert.Equal([(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)], told.Order());
        Assert.ThrowsAny<OperationCanceledException>(() => DatasetFolder.Read(_data.Folder, new DatasetOptions(), null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Extensions_count_in_any_case_and_names_in_any_script()
    {
        _data.AddImage("1_größe é/数 a.png", 64, 64);
        _data.AddImage("1_größe é/b.PNG", 64, 64);
        _data.AddText("1_größe é/数 a.txt", "ein Gefäß");

        Assert.Equal(["größe é", "ein Gefäß"], DatasetFolder.Read(_data.Folder, DatasetOptions.ForResolution(64, 64)).Images.Select(image => image.Caption));
    }

    [Fact]
    public void A_missing_folder_a_file_and_an_empty_folder_are_told_apart()
    {
        _data.AddText("file", "");
        Directory.CreateDirectory(_data.Path("empty"));

        AssertRefused(_data.Path("missing"), "There is no folder");
        AssertRefused(_data.Path("file"), "is a file");
        AssertRefused(_data.Path("empty"), "is empty");
    }

    [Fact]
    public void Without_a_folder_of_the_pattern_an_example_is_given()
    {
        _data.AddImage("pictures/a.png");

        AssertRefused(_data.Folder, "10_modality");
    }

    [Fact]
    public void The_inner_folder_given_by_mistake_is_recognised()
    {
        _data.AddImage("10_modality/a.png");

        AssertRefused(_data.Path("10_modality"), $"'{_data.Folder}'");
    }

    [Fact]
    public void A_folder_of_damaged_pictures_names_the_first()
    {
        _data.AddText("10_modality/b.png", "x");
        _data.AddText("10_modality/a.png", "x");

        AssertRefused(_data.Folder, "a.png");
    }

    [Fact]
    public void Pictures_are_prepared_to_the_size_of_their_bucket()
    {
        _data.AddImage("1_x/a.png", 300, 200);
        _data.AddImage("1_x/b.png", 90, 90);

        var dataset = DatasetFolder.Read(_data.Folder, DatasetOptions.ForResolution(64, 64));

        Assert.Equal([new BucketSize(64, 48), new BucketSize(64, 64)], dataset.Buckets.Select(b => b.Bucket));
        Assert.All(dataset.Images, image =>
        {
            var prepared = ImagePreparation.Load(image).Image;
            Assert.Equal(image.Choice.Bucket, new BucketSize(prepared.Width, prepared.Height));
        });
    }

    private static void AssertRefused(string path, string because)
    {
        var message = Assert.Throws<UniVGException>(() => DatasetFolder.Read(path)).Message;
        Assert.Contains(path, message, StringComparison.Ordinal);
        Assert.Contains(because, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
