using UniVG.Benchmarks.Files;
using UniVG.Benchmarks.Measuring;
using static TorchSharp.torch;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>Loading a half-precision .safetensors of Stable Diffusion 1.5's shapes.</summary>
internal sealed class LoadSafetensors : IScenario
{
    public string Name => "load-safetensors";

    public string Summary => "an fp16 .safetensors of SD 1.5 shapes (--size-mb), against reading it sequentially";

    public int Repetitions => 7;

    public void Run(ScenarioRun run)
    {
        using var folder = new TemporaryFolder();
        var path = folder["model.safetensors"];
        SafetensorsBytes.Write(path, ModelTensors.StableDiffusion15(run.Options.SizeMb * 1_000_000L, elementSize: 2));
        FileLoading.Measure(run, path, ScalarType.Float16);
    }
}
