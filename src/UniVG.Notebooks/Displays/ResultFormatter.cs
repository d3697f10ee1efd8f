using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Synthesis;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Displays.Adapters;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Displays.Datasets;
using UniVG.Notebooks.Displays.Evaluation;
using UniVG.Notebooks.Displays.Exploration;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Displays.Synthesis;
using UniVG.Notebooks.Displays.Tensors;
using UniVG.Notebooks.Exploration;
using UniVG.Notebooks.Exploration.Grids;
using UniVG.Notebooks.Exploration.Sweeps;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Runs;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Displays;

/// <summary>Shows the values that C# cells return: what each of our types, and a tensor, looks like.</summary>
public static class ResultFormatter
{
    private static readonly IReadOnlyList<ResultView> Views =
    [
        ResultView.Of<MimeBundle>(bundle => bundle),
        ResultView.Of<Card>(card => card.ToBundle()),
        ResultView.Of<Table>(table => table.ToBundle()),
        ResultView.OfCard<UniVGSession>(SessionCard.Of),
        ResultView.OfCard<LoadedModel>(ModelCard.Of),
        ResultView.OfCard<StableDiffusion>(ModelCard.Of),
        ResultView.OfCard<CheckpointSummary>(CheckpointCard.Of),
        ResultView.Of<FineTuningDataset>(dataset => DatasetView.Create(DatasetSummaries.Of(dataset, CancellationToken.None))),
        ResultView.OfCard<AdapterNetwork>(AdapterCard.Of),
        ResultView.OfCard<SessionAdapters>(AdapterCard.Of),
        ResultView.OfCard<SessionAdapter>(adapter => AdapterCard.Of(adapter.Network)),
        ResultView.Of<AdapterSummary>(AdapterView.Create),
        ResultView.OfCard<ExtractionReport>(report => ExtractionCard.Of(report)),
        ResultView.OfCard<SavedAdapter>(ResultCard.Of),
        ResultView.OfCard<IReadOnlyList<(SessionAdapter Adapter, double Strength)>>(ResultCard.Of),
        ResultView.OfCard<AdapterConfig>(SettingsCard.Of),
        ResultView.OfCard<TrainingConfig>(SettingsCard.Of),
        ResultView.OfCard<ImageRequest>(SettingsCard.Of),
        ResultView.Of<FineTuningRun>(RunView.Create),
        ResultView.Of<IReadOnlyList<FineTuningRun>>(runs => LossChart.Compare(
            [.. runs.Select((run, i) => new RunCurve($"{i + 1}: {AdapterCard.Title(run.Adapter.Config)}", run.History.Snapshot()))])),
        ResultView.OfCard<RunKeeper>(ResultCard.Of),
        ResultView.OfCard<RunDefinition>(ConfigCard.Of),
        ResultView.OfCard<ResumedRun>(ResultCard.Of),
        ResultView.OfCard<StateFolder>(ResultCard.Of),
        ResultView.Of<RunFolder>(folder => TrainingPanel.Create(new RunFollower(folder).Look())),
        ResultView.Of<TrainingHistory>(history => history.Plot()),
        ResultView.OfCard<StepReport>(SettingsCard.Of),
        ResultView.Of<IReadOnlyList<StepReport>>(steps => LossChart.Create(steps)),
        ResultView.Of<IReadOnlyList<RunCurve>>(runs => LossChart.Compare(runs)),
        ResultView.Of<RunComparison>(ComparisonView.Create),
        ResultView.Of<RunRecord>(run => LossChart.Create(run.Steps, new LossChartOptions { Title = run.Name, Validation = run.Validation })),
        ResultView.Of<IReadOnlyList<RunRecord>>(runs => LossChart.Compare([.. runs.Select(run => new RunCurve(run.Name, run.Steps))])),
        ResultView.Of<RgbImage>(image => ImageGrid.Create([new GridImage(image, "", "image")])),
        ResultView.Of<IReadOnlyList<RgbImage>>(images => ImageGrid.Create([.. images.Select((image, i) => new GridImage(image, $"{i}", $"image {i}"))])),
        ResultView.Of<GridImage>(image => ImageGrid.Create([image])),
        ResultView.Of<IReadOnlyList<GridImage>>(images => ImageGrid.Create(images)),
        ResultView.Of<SampleSet>(samples => ImageGrid.Create(samples.Images, new ImageGridOptions { Title = $"Samples after step {samples.Step}{SampleStrip.Prompt(samples)}" })),
        ResultView.Of<SampleGrid>(SampleGridView.Create),
        ResultView.Of<SweepResult>(SweepView.Create),
        ResultView.OfCard<SweepRun>(run => SweepView.CardOf(run, outcome: null)),
        ResultView.OfCard<SweepOutcome>(outcome => SweepView.CardOf(run: null, outcome)),
        ResultView.OfCard<(SweepRun Run, SweepOutcome? Outcome)>(one => SweepView.CardOf(one.Run, one.Outcome)),
        ResultView.Of<IReadOnlyList<(SweepRun Run, SweepOutcome? Outcome)>>(runs => SweepView.Figures(runs).ToBundle()),
        ResultView.Of<ModelEvaluation>(EvaluationView.Create),
        ResultView.Of<IReadOnlyList<ModelEvaluation>>(EvaluationCurve.Create),
        ResultView.Of<SyntheticImage>(image => SynthesisView.Create([image], image.Caption, masks: true, centrelines: true, labels: true)),
        ResultView.Of<IReadOnlyList<SyntheticImage>>(images => images.Count == 0 ? null : SynthesisView.Create(images, $"{images.Count} × {images[0].Modality}")),
        ResultView.Of<CommandLineException>(mistake => ErrorView.Create(mistake.Message, mistake.Line, mistake.Start, mistake.Length)),
        ResultView.Of<UniVGException>(mistake => ErrorView.Create(mistake.Message)),
        ResultView.Of<torch.Tensor>(TensorView.Create),
    ];

    /// <summary>The types that have a view; hosts that ask for formatters by type register these.</summary>
    public static IReadOnlyList<Type> Types { get; } = [.. Views.Select(view => view.Type)];

    /// <summary>The view of a value, where it has none of its own and is a record of ours, by its properties; null where it is none of ours.</summary>
    public static MimeBundle? Format(object value) =>
        (Views.FirstOrDefault(view => view.Type.IsInstanceOfType(value)) is { } own ? own.Create(value) : null) ?? RecordView.Create(value);
}
