using UniVG.Benchmarks.Files;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Latents;

namespace UniVG.Benchmarks.Models;

/// <summary>One noisy image, repeated, so that every step sees the same; its latents are left where the counterpart finds them.</summary>
internal sealed class BenchmarkDataset : IDisposable
{
    /// <summary>The caption of the image.</summary>
    public const string Caption = "noise";

    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes the image and reads the dataset.</summary>
    /// <param name="side">Height and width in pixels.</param>
    public BenchmarkDataset(int side)
    {
        var image = new RgbImage(side, side);
        new Random(1).NextBytes(image.Pixels);
        ImageFile.SavePng(image, Path.Combine(Directory.CreateDirectory(_folder[Path.Combine("data", "10_" + Caption)]).FullName, "0.png"));
        Dataset = DatasetFolder.Read(_folder["data"], DatasetOptions.ForResolution(side, side) with
        {
            LatentCache = new LatentCacheOptions { ToDisk = true, Folder = LatentFolder },
        });
    }

    /// <summary>The dataset.</summary>
    public FineTuningDataset Dataset { get; }

    /// <summary>Where the latents are.</summary>
    public string LatentFolder => _folder["latents"];

    public void Dispose() => _folder.Dispose();
}
