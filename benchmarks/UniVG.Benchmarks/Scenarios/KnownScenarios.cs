namespace UniVG.Benchmarks.Scenarios;

/// <summary>All scenarios.</summary>
internal static class KnownScenarios
{
    public static IReadOnlyList<IScenario> All { get; } =
    [
        new LoadSafetensors(), new LoadCkpt(), new UNetForwardTiny(), new TrainStepTiny(), new SampleTiny(), new OptimizerStep(),
        new Checkpointing(isOn: false), new Checkpointing(isOn: true), new LohaMemory(),
    ];

    public static IScenario? Find(string name) => All.FirstOrDefault(s => s.Name == name);
}
