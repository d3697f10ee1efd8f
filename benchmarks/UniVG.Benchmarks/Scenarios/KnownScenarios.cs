using UniVG.Benchmarks.Models;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>All scenarios.</summary>
internal static class KnownScenarios
{
    public static IReadOnlyList<IScenario> All { get; } =
    [
        new LoadSafetensors(), new LoadCkpt(), new SaveAdapter("lora"), new SaveAdapter("loha"), new PrepareDataset(),
        new UNetForward(BenchmarkModel.Tiny), new UNetForward(BenchmarkModel.StableDiffusion15),
        new TrainStep(BenchmarkModel.Tiny, "lora"), new TrainStep(BenchmarkModel.Tiny, "loha"),
        new TrainStep(BenchmarkModel.StableDiffusion15, "lora"), new TrainStep(BenchmarkModel.StableDiffusion15, "loha"),
        new Sampling(BenchmarkModel.Tiny, null), new Sampling(BenchmarkModel.Tiny, "lora"), new Sampling(BenchmarkModel.StableDiffusion15, null),
        new VaeEncode(BenchmarkModel.Tiny), new VaeEncode(BenchmarkModel.StableDiffusion15), new StepOverhead(),
        OptimizerStep.Lora, OptimizerStep.Loha,
        new Checkpointing(isOn: false), new Checkpointing(isOn: true), new LohaMemory(), new DisplayCost(),
    ];

    public static IScenario? Find(string name) => All.FirstOrDefault(s => s.Name == name);
}
