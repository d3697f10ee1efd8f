using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>Loading a single-precision .ckpt of Stable Diffusion 1.5's shapes, as PyTorch Lightning saves it.</summary>
internal sealed class LoadCkpt : IScenario
{
    public string Name => "load-ckpt";

    public string Summary => "an fp32 .ckpt (zip) of SD 1.5 shapes (--size-mb), against reading it sequentially";

    public int Repetitions => 7;

    public void Run(ScenarioRun run)
    {
        using var folder = new TemporaryFolder();
        var path = folder["model.ckpt"];
        TorchCheckpointBytes.Write(path, ModelTensors.StableDiffusion15(run.Options.SizeMb * 1_000_000L, elementSize: 4));
        FileLoading.Measure(run, path, ScalarType.Float32);
    }
}
