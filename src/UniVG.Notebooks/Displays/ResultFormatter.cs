using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Adapters.Operations;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Synthesis;
using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays.Adapters;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Displays.Datasets;
using UniVG.Notebooks.Displays.Evaluation;
using UniVG.Notebooks.Displays.Images;
using UniVG.Notebooks.Displays.Synthesis;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Displays;

/// <summary>Shows the values that C# cells return: what each of our types looks like.</summary>
public static class ResultFormatter
{
    /// <summary>The view of a value; null where it is none of ours.</summary>
    public static MimeBundle? Format(object value) => value switch
    {
        MimeBundle bundle => bundle,
        Card card => card.ToBundle(),
        Table table => table.ToBundle(),
        UniVGSession session => SessionCard.Of(session).ToBundle(),
        LoadedModel model => ModelCard.Of(model).ToBundle(),
        CheckpointSummary summary => CheckpointCard.Of(summary).ToBundle(),
        FineTuningDataset dataset => DatasetView.Create(DatasetSummaries.Of(dataset, CancellationToken.None)),
        AdapterNetwork adapter => AdapterCard.Of(adapter).ToBundle(),
        SessionAdapters adapters => AdapterCard.Of(adapters).ToBundle(),
        AdapterSummary summary => AdapterView.Create(summary),
        ExtractionReport report => ExtractionCard.Of(report).ToBundle(),
        FineTuningRun run => SessionCard.Of(run).ToBundle(),
        TrainingHistory history => history.Plot(),
        RgbImage image => ImageGrid.Create([new GridImage(image, "", "image")]),
        IReadOnlyList<RgbImage> images => ImageGrid.Create([.. images.Select((image, i) => new GridImage(image, $"{i}", $"image {i}"))]),
        ModelEvaluation evaluation => EvaluationView.Create(evaluation),
        IReadOnlyList<ModelEvaluation> evaluations => EvaluationCurve.Create(evaluations),
        SyntheticImage image => SynthesisView.Create([image], image.Caption, masks: true, centrelines: true, labels: true),
        IReadOnlyList<SyntheticImage> { Count: > 0 } images => SynthesisView.Create(images, $"{images.Count} × {images[0].Modality}"),
        _ => null,
    };
}
