using System.Runtime.CompilerServices;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Pretraining;
using UniVG.Finetuning.Synthesis;

namespace UniVG.Finetuning.Tests.Pretraining;

/// <summary>
/// Guards the embedded model: its pictures, its colours and its size. After a new pre-training, run these tests with
/// UNIVG_WRITE_GOLDENS=1 to draw the expected pictures anew, and look at them.
/// </summary>
public sealed class TinyModelTests : IDisposable
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private readonly LoadedModel _model = ModelLoader.Load(ModelLoader.TinyName, new ModelOptions { Device = "cpu" });

    public static TheoryData<string> Modalities => [.. KnownModalities.Pretraining.Select(m => m.Name)];

    public void Dispose() => _model.Dispose();

    // One by the full caption, one by the modality's name alone. Rounding differs between processors, and twenty steps amplify it.
    [Theory]
    [MemberData(nameof(Modalities))]
    public void Samples_are_the_expected_pictures(string modality)
    {
        string[] prompts = [$"{modality}, medium thick vessels", modality];
        for (var i = 0; i < prompts.Length; i++)
        {
            var request = new ImageRequest { Prompt = prompts[i], Seed = i, GuidanceScale = _model.SuggestedGuidance };
            var drawn = _model.Pipeline.Generate(request, cancellation: Cancellation)[0];
            var golden = Path.Combine(GoldenFolder(), $"{modality.Replace(' ', '-')}-{i}.png");
            if (Environment.GetEnvironmentVariable("UNIVG_WRITE_GOLDENS") == "1") ImageFile.SavePng(drawn, golden);

            Assert.SkipUnless(File.Exists(golden), "the expected pictures lie in the repository only");
            var expected = ImageFile.Load(golden);
            Assert.InRange(expected.Pixels.Zip(drawn.Pixels, (e, d) => Math.Abs(e - d)).Average(), 0, 4);
        }
    }

    // Measured over 16 images and samples by univg pretrain-tiny; here over fewer, with room for their scatter.
    [Theory]
    [InlineData("coronary angiogram", 33, 12)]
    [InlineData("retinal fundus", 31, 10)]
    [InlineData("oct angiography", 19.5, 12)]
    [InlineData("cerebral angiogram", 31, 10)]
    [InlineData("laser speckle", 26, 16)]
    public void Reconstructions_are_sharp_and_samples_have_the_right_colour(string modality, double minPsnr, double maxColorError)
    {
        var figures = TinyModelEvaluation.Measure(_model, KnownModalities.Find(modality), 6, Cancellation);

        Assert.InRange(figures.Psnr, minPsnr, 60);
        Assert.InRange(figures.ColorError!.Value, 0, maxColorError);
    }

    [Fact]
    public void The_held_back_modality_can_be_decoded_in_its_own_colours()
    {
        var images = Enumerable.Range(TinyModelEvaluation.FirstSeed, 6).Select(i => VesselSynthesizer.Generate(KnownModalities.HeldBack, i, 64)).ToArray();
        var decoded = _model.Pipeline.DecodeLatents(_model.Pipeline.EncodeImages([.. images.Select(i => i.Image)]), Cancellation);

        Assert.InRange(TinyModelEvaluation.Measure(_model, KnownModalities.HeldBack, 6, Cancellation).Psnr, 24, 60);
        double[] Mean(IEnumerable<RgbImage> pictures, bool onVessel) => MeanColor(images, pictures, onVessel);
        var originals = images.Select(i => i.Image).ToArray();
        for (var channel = 0; channel < 3; channel++)
        {
            Assert.Equal(Mean(originals, onVessel: false)[channel], Mean(decoded, onVessel: false)[channel], tolerance: 8.0);

            // Vessels little wider than a pixel come back paler, by up to 25/255 in green and blue.
            Assert.Equal(Mean(originals, onVessel: true)[channel], Mean(decoded, onVessel: true)[channel], tolerance: 35.0);
        }

        var vessel = Mean(decoded, onVessel: true);
        Assert.True(vessel[0] > vessel[1] + 60 && vessel[0] > vessel[2] + 60, $"vessels should be red, not {vessel[0]:F0}, {vessel[1]:F0}, {vessel[2]:F0}");
    }

    [Fact]
    public void The_package_is_small() =>
        Assert.InRange(Directory.GetFiles(ModelLoader.TinyFolder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length), 1, 12_000_000);

    private static double[] MeanColor(SyntheticImage[] masks, IEnumerable<RgbImage> images, bool onVessel)
    {
        var sums = new double[3];
        var count = 0;
        foreach (var (mask, image) in masks.Select(m => m.Mask).Zip(images))
        {
            for (var p = 0; p < mask.Length; p++)
            {
                if ((mask[p] != 0) != onVessel) continue;
                count++;
                for (var c = 0; c < 3; c++) sums[c] += image.Pixels[(p * 3) + c];
            }
        }

        return [.. sums.Select(s => s / count)];
    }

    private static string GoldenFolder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "univg-tiny-samples");
}
