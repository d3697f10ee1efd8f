using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Finetuning.Pretraining;

namespace UniVG.Finetuning.Tests.Pretraining;

/// <summary>A few steps only: what a run writes, not how good it is.</summary>
public sealed class TinyModelPretrainingTests : IDisposable
{
    private static readonly PretrainingConfig Short = new()
    {
        ImagesPerModality = 2, VaeSteps = 2, DenoiserSteps = 2, DenoiserBatch = 2, EvaluatedImages = 1,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("univg-pretrain-").FullName;

    [Fact]
    public void A_run_that_takes_the_vae_of_another_ends_with_the_same_model()
    {
        var (whole, resumed) = (Path.Combine(_folder, "whole"), Path.Combine(_folder, "resumed"));
        var log = new List<string>();

        new TinyModelPretraining(Short, log.Add).Run(whole, CancellationToken.None);
        new TinyModelPretraining(Short with { Vae = whole }, _ => { }).Run(resumed, CancellationToken.None);

        foreach (var file in Directory.GetFiles(whole, "*", SearchOption.AllDirectories))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(resumed, Path.GetRelativePath(whole, file))));
        Assert.Contains(log, line => line.Contains("retinal fundus: PSNR", StringComparison.Ordinal));
        using var model = ModelLoader.Load(whole, new ModelOptions { Device = "cpu" });
        Assert.Equal(64, model.Pipeline.DefaultSize);
    }

    [Fact]
    public void A_folder_without_a_vae_is_refused() =>
        Assert.Throws<CheckpointException>(
            () => new TinyModelPretraining(Short with { Vae = _folder }, _ => { }).Run(Path.Combine(_folder, "out"), CancellationToken.None));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
