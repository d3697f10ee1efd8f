using UniVG.Diffusion;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Tests.Data;

namespace UniVG.Finetuning.Tests.Configuration;

public sealed class DatasetTomlTests : IDisposable
{
    private readonly TemporaryDataset _data = new();

    public DatasetTomlTests()
    {
        for (var i = 0; i < 3; i++) _data.AddImage($"eyes/{i}.png", 96, 64);
        _data.AddImage("hearts/a.png", 128, 128);
        _data.AddText("hearts/a.caption", "a heart, red");
        _data.AddImage("reg/r.png", 64, 64);
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public void Options_are_looked_for_in_the_subset_then_its_dataset_then_the_general_part()
    {
        var dataset = Read("""
            [general]
            shuffle_caption = true
            caption_extension = ".txt"
            num_repeats = 5
            bucket_reso_steps = 16
            min_bucket_reso = 32

            [[datasets]]
            resolution = 64
            batch_size = 2
            enable_bucket = true
            keep_tokens = 1
              [[datasets.subsets]]
              image_dir = "eyes"
              class_tokens = "eye"
              keep_tokens = 2
              flip_aug = true
              [[datasets.subsets]]
              image_dir = "reg"
              is_reg = true
              class_tokens = "vessel"
              num_repeats = 1

            [[datasets]]
            resolution = [128, 128]
              [[datasets.subsets]]
              image_dir = "hearts"
              caption_extension = "caption"
              shuffle_caption = false
              num_repeats = 2
            """);

        Assert.Equal(["eye", "eye", "eye", "a heart, red", "vessel"], dataset.Images.Select(image => image.Caption));
        Assert.Equal([5, 5, 5, 2, 17], dataset.Images.Select(image => image.Repeats));
        Assert.Equal([true, true, true, false, true], dataset.Images.Select(image => image.Options.Captions.Shuffle));
        Assert.Equal([2, 2, 2, 0, 1], dataset.Images.Select(image => image.Options.Captions.KeepTokens));
        Assert.Equal([true, true, true, false, false], dataset.Images.Select(image => image.Options.FlipAugmentation));
        Assert.Equal(["80×48", "80×48", "80×48", "128×128", "64×64"], dataset.Images.Select(image => image.Choice.Bucket.ToString()));
        Assert.Equal([64, 128], dataset.Parts.Select(part => part.Width));

        // 15 eyes in batches of 2 and 17 of the regularisation image in batches of 2; the heart twice in batches of 1.
        Assert.Equal(8 + 9 + 2, EpochPlan.CountBatches(dataset, 1));
        Assert.Equal(8 + 9 + 2, EpochPlan.Create(dataset, 0, 1, 1).Count);
    }

    [Fact]
    public void What_the_file_does_not_say_is_as_in_kohyas_trainer()
    {
        var image = Read("""
            [[datasets]]
            resolution = 64
            [[datasets.subsets]]
            image_dir = "hearts"
            """).Images.Single();

        Assert.Equal(("a heart, red", 1), (image.Caption, image.Repeats));
        Assert.False(image.Options.EnableBuckets);
        Assert.Null(Read("[[datasets]]\nresolution=64\n[[datasets.subsets]]\nimage_dir='eyes'\n").Validation);
    }

    [Fact]
    public void Unknown_keys_are_all_named_with_their_lines_and_unsupported_ones_told()
    {
        var message = Refused("""
            [general]
            shufle_caption = true
            [[datasets]]
            resolution = 64
            image_dir = "eyes"
            [[datasets.subsets]]
            image_dir = "eyes"
            resolution = 32
            """);
        var told = Read("""
            [[datasets]]
            resolution = 64
            network_multiplier = 0.5
            [[datasets.subsets]]
            image_dir = "eyes"
            face_crop_aug_range = [1.0, 2.0]
            """).Remarks;

        Assert.Contains("general.shufle_caption (line 2", message, StringComparison.Ordinal);
        Assert.Contains("shuffle_caption", message, StringComparison.Ordinal);
        Assert.Contains("datasets[0].image_dir (line 5", message, StringComparison.Ordinal);
        Assert.Contains("datasets[0].subsets[0].resolution (line 8", message, StringComparison.Ordinal);
        Assert.Equal(2, told.Count);
        Assert.StartsWith("datasets[0].network_multiplier (line 3", told[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "names no images")]
    [InlineData("[[datasets]]\nresolution = 64\n", "names no images")]
    [InlineData("[[datasets]]\n[[datasets.subsets]]\nnum_repeats = 2\n", "has no image_dir")]
    [InlineData("[[datasets]]\n[[datasets.subsets]]\nimage_dir = 'nowhere'\n", "line 3: datasets[0].subsets[0].image_dir is \"nowhere\"")]
    [InlineData("[[datasets]]\n[[datasets.subsets]]\nimage_dir = 'eyes'\nnum_repeats = 0\n", "line 4: datasets[0].subsets[0].num_repeats is 0")]
    [InlineData("[[datasets]]\nresolution = 'big'\n[[datasets.subsets]]\nimage_dir = 'eyes'\n", "line 2: datasets[0].resolution")]
    [InlineData("[datasets]\nresolution = 64\n", "[[datasets]]")]
    public void Mistakes_are_named_with_file_and_line(string toml, string part)
    {
        var message = Refused(toml);

        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.Contains("set.toml", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private string Refused(string toml) => Assert.Throws<UniVGException>(() => Read(toml)).Message;

    private FineTuningDataset Read(string toml)
    {
        _data.AddText("set.toml", toml);
        return DatasetReader.Read(_data.Path("set.toml"), KohyaDefaults.Dataset);
    }
}
