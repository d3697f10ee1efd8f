using TorchSharp;
using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.PyTorch;
using UniVG.Diffusion.Images;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Buckets;
using UniVG.Finetuning.Data.Latents;
using UniVG.Finetuning.Synthesis;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>Pictures from their files to the tensors that the VAE is given: decoded, resized, cropped to their buckets.</summary>
internal sealed class PrepareDataset : IScenario
{
    private const int Count = 24;
    private const int Drawn = 6;
    private const int Width = 768;
    private const int Height = 600;
    private const int Resolution = 512;

    public string Name => "prepare-dataset";

    public string Summary => $"{Count} PNG files of {Width} × {Height} pixels to tensors in buckets of {Resolution}² pixels, without the VAE";

    public int Repetitions => 7;

    public int WarmUps => 3;

    public void Run(ScenarioRun run)
    {
        using var folder = new TemporaryFolder();
        WriteImages(Directory.CreateDirectory(folder["1_fundus"]).FullName);
        var resolution = run.Options.Resolution ?? Resolution;
        var options = DatasetOptions.ForResolution(resolution, resolution);
        var images = DatasetFolder.Read(folder.FullName, options).Images;
        var (bucket, choice) = (images[0].Choice.Bucket, images[0].Choice);
        run.Note($"resized to {choice.ResizedWidth} × {choice.ResizedHeight}, cropped to {bucket.Width} × {bucket.Height}; {images.Sum(image => new FileInfo(image.Path).Length) / Count >> 10} KiB a file");
        using var worker = PyTorchWorker.Start(run, "images.PrepareImages", new { images = images.Select(Description) });
        var rows = run.Alternate(
            new Variant("read the folder: decode, check, choose buckets", () => DatasetFolder.Read(folder.FullName, options).Images.Count),
            new Variant("prepare, one after the other", () => images.Average(image => Finish(ImagePreparation.Load(image))))
            {
                Worker = worker, Turn = () => new { workers = 1 },
            },
            new Variant("prepare, ahead on all cores as before training", () => Ahead.Of(
                images, image => ImagePreparation.Load(image), Environment.ProcessorCount, CancellationToken.None).Average(Finish))
            {
                Worker = worker, Turn = () => new { workers = Environment.ProcessorCount },
            });
        foreach (var row in rows)
        {
            var their = row.Counterpart is { } counterpart ? $", the counterpart {ImagesPerSecond(counterpart)}" : "";
            run.Note($"{row.What}: {ImagesPerSecond(row)} images/s{their}");
        }
    }

    private static object[] Description(BucketedImage image) =>
    [
        image.Path, (int[])[image.Choice.ResizedWidth, image.Choice.ResizedHeight], (int[])[image.Choice.Bucket.Width, image.Choice.Bucket.Height],
    ];

    private static double Finish(PreparedImage prepared)
    {
        using var pause = FinalizerPause.Begin();
        using var scope = NewDisposeScope();
        return ImageTensors.FromImages([prepared.Image]).square().mean().ToDouble();
    }

    private static string ImagesPerSecond(Measurement measurement) => FormattableString.Invariant($"{Count / measurement.Median * 1000:F0}");

    // Drawing one takes longer than preparing all, so that each stands in several files.
    private static void WriteImages(string folder)
    {
        var square = new SynthesisOptions { Modality = "retinal fundus", Count = Drawn, Size = Width };
        foreach (var (drawn, i) in square.Generate().Select((image, i) => (ImageTransforms.CropCenter(image.Image, Width, Height), i)))
            for (var copy = i; copy < Count; copy += Drawn) ImageFile.SavePng(drawn, Path.Combine(folder, $"{copy:00}.png"));
    }
}
