using System.Diagnostics;
using TorchSharp;
using UniVG.Benchmarks.PyTorch;
using UniVG.Benchmarks.Scenarios;
using UniVG.Diffusion.Runtime;

namespace UniVG.Benchmarks.Measuring;

/// <summary>One scenario being measured in this process.</summary>
internal sealed class ScenarioRun(IScenario scenario, BenchmarkOptions options)
{
    // OpenMP's threads go on spinning for some milliseconds after an operation, at the cost of whose turn is next.
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    private readonly List<Measurement> _measurements = [];
    private readonly List<string> _notes = [];
    private double _peakAnonymous;
    private double? _counterpartPeak;

    /// <summary>What the command line asked for.</summary>
    public BenchmarkOptions Options => options;

    /// <summary>Runs the scenario.</summary>
    public ScenarioResult Execute()
    {
        var anonymous = ProcessMemory.AnonymousMiB(Environment.ProcessId);
        scenario.Run(this);
        return new ScenarioResult(_measurements, _notes, anonymous, _peakAnonymous, ProcessMemory.PeakResidentMiB(Environment.ProcessId), _counterpartPeak);
    }

    /// <summary>Adds a line about the input to the report.</summary>
    public void Note(string text) => _notes.Add(text);

    /// <summary>Times each variant, as <see cref="Alternate(Variant[])"/>, without counterparts.</summary>
    public IReadOnlyList<Measurement> Alternate(params (string What, Action Act)[] variants) => Alternate([.. variants.Select(v => new Variant(v.What, () =>
    {
        v.Act();
        return 0;
    }))]);

    /// <summary>
    /// Times each variant, warm-ups first, and after each its counterpart. All take turns, so that what else the machine does falls on
    /// all of them alike.
    /// </summary>
    /// <returns>The rows, in the order of the variants.</returns>
    public IReadOnlyList<Measurement> Alternate(params Variant[] variants)
    {
        foreach (var variant in variants)
            for (var i = 0; i < scenario.WarmUps; i++) Compare(variant, variant.Act(), Their(variant)?.Value);

        var repetitions = options.Repetitions ?? scenario.Repetitions;
        var ours = variants.Select(_ => new Samples()).ToArray();
        var theirs = variants.Select(_ => new Samples()).ToArray();
        for (var round = 0; round < repetitions; round++)
        {
            for (var i = 0; i < variants.Length; i++)
            {
                var value = Our(variants[i], ours[i]);
                Thread.Sleep(Rest);
                using var watch = variants[i].Worker is { } worker ? new AnonymousMemoryWatch(worker.ProcessId) : null;
                if (Their(variants[i]) is not { } reply) continue;
                theirs[i].Add(reply.WallMs, reply.CpuMs, watch!.Stop());
                Compare(variants[i], value, reply.Value);
            }
        }

        NoteGpuMemory(variants);
        foreach (var worker in variants.Select(v => v.Worker).OfType<PyTorchWorker>().Distinct())
            _counterpartPeak = Math.Max(_counterpartPeak ?? 0, ProcessMemory.PeakResidentMiB(worker.ProcessId));
        foreach (var variant in variants)
            if (variant.Difference is { } difference) _notes.Add(FormattableString.Invariant($"{variant.What}: results differ by at most {difference:0.0e+0}, relative"));
        Measurement[] rows = [.. variants.Select((variant, i) => ours[i].ToMeasurement(variant.What) with
        {
            Counterpart = variant.Worker is null ? null : theirs[i].ToMeasurement(variant.What),
        })];
        _measurements.AddRange(rows);
        return rows;
    }

    private double Our(Variant variant, Samples samples)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Thread.Sleep(Rest);
        using var watch = new AnonymousMemoryWatch(Environment.ProcessId);
        var (cpu, started) = (Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        var value = variant.Act();
        var wall = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        samples.Add(wall, (Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds, watch.Stop());
        _peakAnonymous = Math.Max(_peakAnonymous, watch.Peak);
        return value;
    }

    // libtorch and PyTorch keep what they needed once, so that this is the peak.
    private void NoteGpuMemory(Variant[] variants)
    {
        if (!options.Device.StartsWith("cuda", StringComparison.Ordinal) || GpuMonitor.Of(new torch.Device(options.Device).index) is not { } monitor) return;
        var their = variants.FirstOrDefault(v => v.Worker is not null)?.Worker is { } worker ? monitor.Read(worker.ProcessId)?.ProcessBytes : null;
        Note(FormattableString.Invariant($"GPU memory held: {monitor.Read()?.ProcessBytes >> 20} MiB, by the counterpart {their >> 20} MiB"));
    }

    private static WorkerReply? Their(Variant variant) => variant.Worker?.Take(variant.Turn());

    private static void Compare(Variant variant, double ours, double? theirs)
    {
        if (theirs is not { } value || value == 0) return;
        variant.Difference = Math.Max(variant.Difference ?? 0, Math.Abs(ours - value) / Math.Abs(value));
    }

    private sealed class Samples
    {
        private readonly List<double> _wall = [];
        private readonly List<double> _cpu = [];
        private double _extra;

        public void Add(double wall, double cpu, double extra)
        {
            _wall.Add(wall);
            _cpu.Add(cpu);
            _extra = Math.Max(_extra, extra);
        }

        public Measurement ToMeasurement(string what) => new(what, _wall, _cpu, _extra);
    }
}
