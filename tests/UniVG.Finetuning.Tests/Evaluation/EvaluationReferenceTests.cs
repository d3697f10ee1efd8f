using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Evaluation;

/// <summary>Real, training and sample pictures of which it is known how they differ.</summary>
public sealed class EvaluationReferenceTests : IClassFixture<EvaluationReferenceTests.Fixture>
{
    private const string Modality = "conjunctival microscopy";
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;
    private readonly Fixture _fixture;

    public EvaluationReferenceTests(Fixture fixture) => _fixture = fixture;

    private EvaluationReference Reference => _fixture.Reference;

    [Fact]
    public void Fresh_pictures_of_the_modality_are_near_and_those_of_another_far()
    {
        var same = Reference.Evaluate("same", Pictures(Modality, 500, 16), None);
        var other = Reference.Evaluate("other", Pictures("retinal fundus", 500, 16), None);

        Assert.True(other.Frechet.Value > 20 * same.Frechet.Value, $"{other.Frechet.Value} and {same.Frechet.Value}");
        Assert.True(other.Kernel.Low > same.Kernel.High);
        Assert.InRange(0, same.Kernel.Low, same.Kernel.High);
        Assert.InRange(same.Vessels.Density.Value, Reference.RealVessels.Density.Low - 0.05, Reference.RealVessels.Density.High + 0.05);
        Assert.InRange(same.Frechet.Value, Reference.Training!.Frechet.Value / 4, Reference.Training.Frechet.Value * 4);
    }

    [Fact]
    public void Noise_tint_and_reconstruction_are_noticed()
    {
        var fresh = Pictures(Modality, 500, 16);
        var floor = Reference.Evaluate("fresh", fresh, None).Kernel;

        Assert.True(Reference.Evaluate("tinted", [.. fresh.Select(i => Change(i, (v, k) => k % 3 == 0 ? v - 20 : v))], None).Kernel.Value > floor.High);
        Assert.True(Reference.Evaluate("noisy", [.. fresh.Select(i => Change(i, (v, k) => v + (k * 7919 % 81) - 40))], None).Kernel.Value > floor.High);
    }

    [Fact]
    public void Copies_are_found_in_spite_of_noise_tint_shift_and_mirror_and_shown_first()
    {
        var copies = Pictures(Modality, 1, 4);
        RgbImage[] samples =
        [
            Change(copies[0], (v, k) => v + (k * 7919 % 41) - 20), Change(copies[1], (v, k) => k % 3 == 2 ? v - 25 : v),
            Shift(copies[2]), ImageTransforms.FlipHorizontal(copies[3]), .. Pictures(Modality, 600, 8),
        ];

        var found = Reference.Evaluate("copies", samples, None).Memorisation!;

        Assert.True(found.IsFound);
        Assert.InRange(found.Copies, 3, 4);
        Assert.InRange(found.Share.Value, 4 / 12.0, 9 / 12.0);
        Assert.Equal([0, 1, 2, 3], found.Closest.Take(4).Select(p => p.SampleIndex).Order());
        Assert.All(found.Closest.Take(4), p => Assert.Equal(p.SampleIndex, p.TrainingIndex));
        Assert.Equal(samples[3].Pixels, found.Closest.Single(p => p.SampleIndex == 3).Training.Pixels);
        Assert.True(found.Closest.Zip(found.Closest.Skip(1)).All(p => p.First.Distance <= p.Second.Distance));
    }

    [Fact]
    public void Fresh_pictures_are_not_memorised()
    {
        var fresh = Reference.Evaluate("fresh", Pictures(Modality, 700, 24), None).Memorisation!;

        Assert.False(fresh.IsFound);
        Assert.Equal(0, fresh.Copies);
        Assert.InRange(fresh.MedianDistance, 0.8 * fresh.MedianHeldOutDistance, 1.2 * fresh.MedianHeldOutDistance);
    }

    [Fact]
    public void Training_pictures_among_the_real_ones_are_counted()
    {
        Assert.Equal(0, Reference.TrainingPicturesAmongReal);
        var training = Pictures(Modality, 1, 8);

        var reference = new EvaluationReference(_fixture.Features, [.. training.Take(3), .. Pictures(Modality, 100, 8)], training, cancellation: None);

        Assert.Equal(3, reference.TrainingPicturesAmongReal);
    }

    [Fact]
    public void Pictures_of_any_size_are_compared_and_the_same_twice_gives_the_same_figures()
    {
        RgbImage[] samples = [.. Enumerable.Range(500, 8).Select(seed => ImageResizer.Resize(VesselSynthesizer.Generate(Modality, seed, 128).Image, 150, 128))];

        var (first, second) = (Reference.Evaluate("a", samples, None), Reference.Evaluate("a", samples, None));

        Assert.Equal((first.Frechet, first.Kernel, first.Vessels.Density, first.Memorisation!.Share), (second.Frechet, second.Kernel, second.Vessels.Density, second.Memorisation!.Share));
    }

    [Fact]
    public void Without_training_pictures_nothing_is_said_about_memorising()
    {
        var reference = new EvaluationReference(_fixture.Features, Pictures(Modality, 100, 8), [], cancellation: None);

        Assert.Null(reference.Training);
        Assert.Null(reference.Evaluate("fresh", Pictures(Modality, 500, 8), None).Memorisation);
    }

    [Fact]
    public void Too_few_pictures_and_impossible_options_are_refused()
    {
        var (few, enough) = (Pictures(Modality, 100, 3), Pictures(Modality, 100, 8));

        Assert.Contains("at least 8", Fault(() => new EvaluationReference(_fixture.Features, few, [], cancellation: None)), StringComparison.Ordinal);
        Assert.Contains("--count", Fault(() => Reference.Evaluate("few", few, None)), StringComparison.Ordinal);
        Assert.Contains("0.05", Fault(() => new EvaluationReference(_fixture.Features, enough, [], new() { MemorisationQuantile = 0.7 }, None)), StringComparison.Ordinal);
        Assert.Contains("replicates", Fault(() => new EvaluationReference(_fixture.Features, enough, [], new() { Replicates = 1 }, None)), StringComparison.Ordinal);
    }

    private static string Fault(Func<object> action) => Assert.Throws<UniVGException>(() => { action(); }).Message;

    private static RgbImage[] Pictures(string modality, int seed, int count) =>
        [.. Enumerable.Range(seed, count).Select(s => VesselSynthesizer.Generate(modality, s, 64).Image)];

    private static RgbImage Change(RgbImage image, Func<int, int, int> value) =>
        new(image.Width, image.Height, [.. image.Pixels.Select((v, k) => (byte)Math.Clamp(value(v, k), 0, 255))]);

    private static RgbImage Shift(RgbImage image) =>
        ImageResizer.Resize(ImageTransforms.Crop(image, 1, 1, image.Width - 1, image.Height - 1), image.Width, image.Height);

    /// <summary>Training pictures have the seeds 1 to 16, real ones 100 to 123.</summary>
    public sealed class Fixture : IDisposable
    {
        public Fixture() => Reference = new EvaluationReference(
            Features, Pictures(Modality, 100, 24), Pictures(Modality, 1, 16), new EvaluationOptions { Replicates = 60 });

        public TinyFeatures Features { get; } = new();

        public EvaluationReference Reference { get; }

        public void Dispose() => Features.Dispose();
    }
}
