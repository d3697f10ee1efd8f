using UniVG.Diffusion;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Tests.Data;

public class ValidationSplitTests
{
    [Fact]
    public void Pictures_of_one_patient_stay_on_one_side()
    {
        var images = Images("10_x", Enumerable.Range(0, 12).SelectMany(p => new[] { $"p{p:00}_1", $"p{p:00}_2", $"p{p:00}_left" }));

        for (var seed = 0; seed < 20; seed++)
        {
            var heldOut = ValidationSplit.Choose(images, 0.2, seed).Select(Patient).ToHashSet();
            Assert.NotEmpty(heldOut);
            Assert.Equal(heldOut.Count * 3, images.Count(image => heldOut.Contains(Patient(image)) && ValidationSplit.Choose(images, 0.2, seed).Contains(image)));
        }

        static string Patient(BucketedImage image) => Path.GetFileName(image.Path)[..3];
    }

    [Theory]
    [InlineData("image_001 image_002 image_003", 3)]
    [InlineData("Image_01L Image_01R Image_02L Image_02R", 2)]
    [InlineData("im0001 im0002", 2)]
    [InlineData("01_h 01_dr 02_h", 2)]
    [InlineData("21_training 22_training", 2)]
    [InlineData("a.b-1 a.b-2 c.d-1", 2)]
    [InlineData("eye fundus", 2)]
    public void File_names_form_groups(string names, int groups) =>
        Assert.Equal(groups, ValidationGroup.Of(Images("10_x", names.Split(' '))).Count);

    [Fact]
    public void A_patient_in_two_folders_is_one_group()
    {
        BucketedImage[] images = [.. Images("10_a", ["p1_1", "p2_1"]), .. Images("5_b", ["p1_7", "p3_1"])];

        Assert.Equal(3, ValidationGroup.Of(images).Count);
    }

    [Fact]
    public void Without_being_asked_a_tenth_of_enough_pictures_is_held_out()
    {
        Assert.Empty(ValidationSplit.Choose(Numbered(15), null, 0));
        Assert.Equal(2, ValidationSplit.Choose(Numbered(16), null, 0).Count);
        Assert.Equal(5, ValidationSplit.Choose(Numbered(50), null, 0).Count);
        Assert.Empty(ValidationSplit.Choose(Numbered(50), 0, 0));
        Assert.Equal(3, ValidationSplit.Choose(Numbered(6), 0.5, 0).Count);
    }

    [Fact]
    public void The_choice_depends_on_the_seed_alone()
    {
        Assert.Equal(Names(3), Names(3));
        Assert.NotEqual(Names(3), Names(4));

        static string Names(int seed) => string.Join(" ", ValidationSplit.Choose(Numbered(100), 0.1, seed).Select(image => image.Path));
    }

    [Fact]
    public void Groups_too_large_are_refused_only_where_a_part_was_asked_for()
    {
        var images = Images("10_x", Enumerable.Range(0, 20).Select(i => i < 10 ? $"a_{i}" : $"b_{i}"));

        Assert.Empty(ValidationSplit.Choose(images, null, 0));
        Assert.Contains("2 groups", Assert.Throws<UniVGException>(() => ValidationSplit.Choose(images, 0.1, 0)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_folder_is_emptied()
    {
        BucketedImage[] images = [.. Images("10_a", ["only"]), .. Images("10_b", ["one"])];

        Assert.Throws<UniVGException>(() => ValidationSplit.Choose(images, 0.5, 0));
    }

    private static BucketedImage[] Numbered(int count) => Images("10_x", Enumerable.Range(0, count).Select(i => $"image_{i:000}"));

    private static BucketedImage[] Images(string folder, IEnumerable<string> names) =>
    [
        .. names.Select(name => new BucketedImage(Path.Combine(folder, name + ".png"), "x", 512, 512, 10, new BucketChoice(new BucketSize(512, 512), 512, 512, 0))),
    ];
}
