using System.Diagnostics;
using System.Text.Json;
using UniVG.Benchmarks.Measuring;
using UniVG.Benchmarks.Models;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Hosting;

namespace UniVG.Benchmarks.Scenarios;

/// <summary>What a live training panel adds to training on the embedded model.</summary>
internal sealed class DisplayCost : IScenario
{
    private const int Steps = 60;

    // A run's panel is drawn over all its steps, so these come before: a curve of a long run.
    private const int EarlierSteps = 3000;

    public string Name => "display-cost";

    public string Summary => $"{Steps} training steps of LoRA on the embedded model, silently and with a live panel over {EarlierSteps} earlier steps";

    public int Repetitions => 8;

    public void Run(ScenarioRun run)
    {
        using var loaded = BenchmarkModel.Tiny.Load(run.Options);
        using var dataset = new BenchmarkDataset(BenchmarkModel.Tiny.Side);
        using var adapter = new BenchmarkAdapter(loaded.Pipeline, "lora");
        using var training = new FineTuningRun(loaded.Pipeline, dataset.Dataset, adapter.Network, new TrainingConfig { Steps = 100_000 });
        training.StepAsync(0).Wait(); // encodes the image
        var samples = new SampleSet(1, [.. loaded.Pipeline.Generate(new() { Prompt = "vessels", Count = 4, Steps = 2 }).Select((image, i) => new GridImage(image, $"seed {i}", "vessels"))]);
        var earlier = Enumerable.Range(1, EarlierSteps).Select(step => new StepReport(step, 100_000, 1, 0.2 + 0.1 * Math.Sin(step), 1e-4, 1e-5, 0.07)).ToList();
        var client = new SerializingDisplay();
        var trained = TimeSpan.Zero;
        run.Alternate(
            ("silently", () => training.StepAsync(Steps).Wait()),
            ("with a live panel", () =>
            {
                var started = Stopwatch.GetTimestamp();
                using var live = new LiveDisplay<FineTuningRun>(client, Draw);
                training.StepAsync(Steps, _ => live.Post(training)).Wait();
                trained += Stopwatch.GetElapsedTime(started);
            }));
        run.Note(FormattableString.Invariant(
            $"drawing and serializing took {client.Busy.Elapsed / trained:P2} of the time, on a thread of its own; {client.Updates} updates of {client.Bytes / Math.Max(1, client.Updates) / 1024} KiB"));

        MimeBundle Draw(FineTuningRun shown)
        {
            client.Busy.Start();
            return TrainingPanel.Create(State(shown));
        }

        TrainingPanelState State(FineTuningRun shown) => new("LoRA", shown.TotalSteps, [.. earlier, .. shown.History.Snapshot()])
        {
            ChartId = "cost",
            MemoryBytes = Environment.WorkingSet,
            Samples = [samples],
        };
    }

    /// <summary>Does what a host does with an update, but for sending it; knows how long drawing and this took.</summary>
    private sealed class SerializingDisplay : IDisplay
    {
        public Stopwatch Busy { get; } = new();

        public int Updates { get; private set; }

        public long Bytes { get; private set; }

        public void Update(MimeBundle content)
        {
            Updates++;
            foreach (var part in content.Data.Values) Bytes += JsonSerializer.SerializeToUtf8Bytes(part).Length;
            Busy.Stop();
        }
    }
}
