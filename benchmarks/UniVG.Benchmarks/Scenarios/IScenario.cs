using UniVG.Benchmarks.Measuring;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>Something to measure.</summary>
internal interface IScenario
{
    /// <summary>Its name on the command line.</summary>
    string Name { get; }

    /// <summary>What it measures, in one line.</summary>
    string Summary { get; }

    /// <summary>Timed repetitions where the command line does not say.</summary>
    int Repetitions { get; }

    /// <summary>Repetitions before those: .NET compiles what runs often a second time, and better.</summary>
    int WarmUps => 1;

    /// <summary>Prepares the input, measures and cleans up.</summary>
    void Run(ScenarioRun run);
}
