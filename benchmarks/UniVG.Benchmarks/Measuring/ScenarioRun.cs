using System.Diagnostics;
using UniVG.Benchmarks.Scenarios;

namespace UniVG.Benchmarks.Measuring;

/// <summary>One scenario being measured in this process.</summary>
internal sealed class ScenarioRun(IScenario scenario, BenchmarkOptions options)
{
    private readonly List<Measurement> _measurements = [];
    private readonly List<string> _notes = [];

    /// <summary>What the command line asked for.</summary>
    public BenchmarkOptions Options => options;

    /// <summary>Runs the scenario.</summary>
    public ScenarioResult Execute()
    {
        var anonymous = ProcessMemory.AnonymousMiB;
        scenario.Run(this);
        return new ScenarioResult(_measurements, _notes, anonymous, ProcessMemory.PeakResidentMiB);
    }

    /// <summary>Adds a line about the input to the report.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>
    /// Times each variant, one warm-up first. The variants take turns, so that what else the machine does falls on all of them alike.
    /// </summary>
    public void Alternate(params (string What, Action Act)[] variants)
    {
        foreach (var (_, act) in variants) act();

        var repetitions = options.Repetitions ?? scenario.Repetitions;
        var times = variants.Select(_ => new double[repetitions]).ToArray();
        var extra = new double[variants.Length];
        for (var round = 0; round < repetitions; round++)
        {
            for (var i = 0; i < variants.Length; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                using var watch = new AnonymousMemoryWatch();
                var started = Stopwatch.GetTimestamp();
                variants[i].Act();
                times[i][round] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                extra[i] = Math.Max(extra[i], watch.Stop());
            }
        }

        _measurements.AddRange(variants.Select((v, i) => new Measurement(v.What, times[i], extra[i])));
    }
}
