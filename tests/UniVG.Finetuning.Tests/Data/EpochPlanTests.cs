using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Tests.Data;

public class EpochPlanTests
{
    [Fact]
    public void Every_picture_appears_as_often_as_its_repeats_say()
    {
        var batches = EpochPlan.Create(Dataset(), seed: 1, epoch: 1, batchSize: 4);

        var counts = batches.SelectMany(b => b.Samples).CountBy(s => s.Image).OrderBy(c => c.Key).Select(c => c.Value);
        Assert.Equal([3, 3, 3, 5], counts);
    }

    [Fact]
    public void Batches_keep_to_one_bucket_and_only_its_last_is_smaller()
    {
        var dataset = Dataset();

        var batches = EpochPlan.Create(dataset, seed: 1, epoch: 1, batchSize: 4);

        Assert.Equal(EpochPlan.CountBatches(dataset, 4), batches.Count);
        Assert.All(batches, b => Assert.All(b.Samples, s => Assert.Equal(b.Bucket, dataset.Images[s.Image].Choice.Bucket)));
        Assert.Equal([1, 1, 4, 4, 4], batches.Select(b => b.Samples.Count).Order());
    }

    [Fact]
    public void Plans_repeat_for_a_seed_and_epoch_and_differ_between_epochs()
    {
        Assert.Equal(Describe(7, 2), Describe(7, 2));
        Assert.NotEqual(Describe(7, 2), Describe(7, 3));
        Assert.NotEqual(Describe(7, 2), Describe(9, 2));
    }

    [Fact]
    public void Mirroring_happens_only_when_asked_for()
    {
        var mirrored = Dataset(new DatasetOptions { FlipAugmentation = true });
        var flips = Enumerable.Range(1, 20).SelectMany(e => EpochPlan.Create(mirrored, 0, e, 4)).SelectMany(b => b.Samples).ToArray();

        Assert.InRange(flips.Count(s => s.Flipped) / (double)flips.Length, 0.4, 0.6);
        Assert.DoesNotContain(EpochPlan.Create(Dataset(), 0, 1, 4).SelectMany(b => b.Samples), s => s.Flipped);
    }

    private static string Describe(int seed, int epoch) => string.Join(
        " ", EpochPlan.Create(Dataset(), seed, epoch, 2).Select(b => string.Join(",", b.Samples.Select(s => s.Image))));

    // Three square pictures three times each, one wide picture five times.
    private static FineTuningDataset Dataset(DatasetOptions? options = null)
    {
        options ??= new DatasetOptions();
        var square = new BucketChoice(new BucketSize(512, 512), 512, 512, 0);
        var wide = new BucketChoice(new BucketSize(640, 384), 683, 384, 0);
        BucketedImage[] three = [.. Enumerable.Range(0, 3).Select(i => new BucketedImage($"{i}.png", "x", 512, 512, 3, square) { Options = options })];
        DatasetConcept[] concepts =
        [
            new("3_x", 3, "x", three),
            new("5_y", 5, "y", [new BucketedImage("w.png", "y", 1920, 1080, 5, wide) { Options = options }]),
        ];
        return new FineTuningDataset("data", options, concepts, [], 0);
    }
}
