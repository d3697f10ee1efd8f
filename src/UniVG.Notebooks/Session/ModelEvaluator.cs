using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Evaluation;
using UniVG.Finetuning.Evaluation.Vessels;
using UniVG.Notebooks.Displays.Cards;

namespace UniVG.Notebooks.Session;

/// <summary>Draws samples of a session's model and compares them with real pictures. To be run on a thread of its own.</summary>
/// <param name="session">Whose model and adapter.</param>
/// <param name="features">What pictures are compared by.</param>
/// <param name="onProgress">Told what is being done.</param>
/// <param name="cancellation">Looked at between steps and pictures.</param>
internal sealed class ModelEvaluator(UniVGSession session, TinyFeatures features, Action<string>? onProgress, CancellationToken cancellation)
{
    private const int FewReal = 24;
    private const int LeastVesselSide = 128;

    public ModelEvaluation Evaluate(ImageFolder real, EvaluationRequest request)
    {
        var model = session.RequireModel();
        var images = request.ToImageRequest(session);
        onProgress?.Invoke("measuring the real pictures");
        var (training, skipped) = Training(request);
        var reference = new EvaluationReference(
            features, real.Images, training,
            new EvaluationOptions
            {
                MemorisationQuantile = request.MemorisationQuantile,
                VesselSide = Math.Clamp(model.Pipeline.DefaultSize, LeastVesselSide, VesselFigures.LargestSide),
            },
            cancellation);

        var adapter = session.Adapter;
        var withoutAdapter = adapter is not null && request.Compare ? Evaluate(reference, "without adapter", images, factor: 0) : null;
        var samples = Evaluate(reference, adapter is null ? "samples" : "with adapter", images, factor: 1);
        return new ModelEvaluation(
            model.Name, adapter is null ? null : AdapterCard.Title(adapter.Config), session.Run, session.Run?.Step ?? 0, images, real.Path, samples)
        {
            Base = withoutAdapter,
            Training = reference.Training,
            RealVessels = reference.RealVessels,
            RealCount = reference.RealCount,
            RealExamples = reference.RealExamples,
            Warnings = [.. Warnings(real, reference, skipped)],
        };
    }

    private SampleEvaluation Evaluate(EvaluationReference reference, string name, ImageRequest request, double factor)
    {
        IReadOnlyList<RgbImage> images;
        using (session.Adapters.ScaledBy(factor))
        {
            images = session.RequireModel().Pipeline.Generate(
                request, step => onProgress?.Invoke($"drawing {request.Count} pictures, {name}: step {step.Index + 1}/{step.Count}"), cancellation);
        }

        onProgress?.Invoke($"comparing the pictures {name}");
        return reference.Evaluate(name, images, cancellation);
    }

    private (IReadOnlyList<RgbImage> Images, IReadOnlyList<SkippedFile> Skipped) Training(EvaluationRequest request)
    {
        if (request.Training is { } folder)
        {
            var read = ImageFolder.Read(InputPath.Find(folder), cancellation);
            return (read.Images, read.Skipped);
        }

        var files = session.Run?.Dataset ?? session.Dataset;
        return ([.. (files?.Images ?? []).Where(image => !image.IsRegularization).Take(ImageFolder.MostImages).Select(image => ImagePreparation.Load(image).Image)], []);
    }

    private static IEnumerable<string> Warnings(ImageFolder real, EvaluationReference reference, IReadOnlyList<SkippedFile> skippedTraining)
    {
        foreach (var skipped in real.Skipped.Concat(skippedTraining).Take(5)) yield return $"{Path.GetFileName(skipped.Path)} was left out: {skipped.Reason}.";
        if (real.Found > real.Images.Count + real.Skipped.Count)
            yield return $"Of the {real.Found} real pictures {real.Images.Count} were used, at even steps.";
        if (reference.RealCount < FewReal)
            yield return $"{reference.RealCount} real pictures are few: intervals are wide, and the Fréchet distance comes out too large.";
        if (reference.TrainingPicturesAmongReal is > 0 and var same)
            yield return $"{same} of the real pictures are training pictures, too, so copies of them go unnoticed; give pictures that were not trained on.";
    }
}
