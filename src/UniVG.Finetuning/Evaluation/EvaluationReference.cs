using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Evaluation.Vessels;

namespace UniVG.Finetuning.Evaluation;

/// <summary>
/// What samples are held against: real pictures, measured once, and the pictures that were trained on. Sets of samples evaluated
/// against one reference compare with each other.
/// </summary>
public sealed class EvaluationReference
{
    /// <summary>How many pictures a set needs at least: with fewer every interval is too wide to say anything.</summary>
    public const int FewestPictures = 8;

    private const int Examples = 8;
    private const double SamePicture = 1e-4;
    private const double CopyPart = 0.5;
    private readonly TinyFeatures _features;
    private readonly ImageFeatures _real;
    private readonly IReadOnlyList<RgbImage> _training;
    private readonly IReadOnlyList<float[]> _trainingLayout;
    private readonly double[] _heldOutDistances;
    private readonly EvaluationOptions _options;
    private readonly Bootstrap _bootstrap;
    private readonly VesselPolarity _polarity;

    /// <summary>Measures the real pictures and the training pictures.</summary>
    /// <param name="features">What pictures are compared by; not owned, must outlive this.</param>
    /// <param name="real">Real pictures that were not trained on, of any size; at least <see cref="FewestPictures"/>.</param>
    /// <param name="training">The pictures that were trained on; empty where they are not known.</param>
    /// <param name="options">How to measure.</param>
    /// <param name="cancellation">Looked at between pictures.</param>
    /// <exception cref="UniVGException">There are too few real pictures, or an option is impossible.</exception>
    public EvaluationReference(
        TinyFeatures features,
        IReadOnlyList<RgbImage> real,
        IReadOnlyList<RgbImage> training,
        EvaluationOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(training);
        _options = options ?? new EvaluationOptions();
        _options.Validate();
        RequireEnough(real.Count);
        (_features, _training, _bootstrap) = (features, training, new Bootstrap(_options.Replicates));
        _real = features.Extract(real, cancellation);
        _polarity = VesselSegmentation.FindPolarity(real.Take(Examples).Select(image => TinyFeatures.ToSquare(image, _options.VesselSide)));
        RealVessels = Measure(real, cancellation);
        RealCount = real.Count;
        RealExamples = [.. real.Take(Examples)];

        // The mirror images of the training pictures follow the pictures.
        var straight = features.Extract(training, cancellation);
        _trainingLayout = [.. straight.Layout, .. features.Extract([.. training.Select(ImageTransforms.FlipHorizontal)], cancellation).Layout];
        double[] distances = training.Count > 0 ? [.. NearestNeighbours.Find(_real.Layout, _trainingLayout).Select(n => n.Distance).Order()] : [];
        TrainingPicturesAmongReal = distances.Count(d => d < SamePicture);
        _heldOutDistances = [.. distances.Skip(TrainingPicturesAmongReal)];
        if (training.Count >= 2) Training = Compare("training pictures", training, straight, null, cancellation);
    }

    /// <summary>The vessels of the real pictures.</summary>
    public VesselSummary RealVessels { get; }

    /// <summary>How many real pictures there are.</summary>
    public int RealCount { get; }

    /// <summary>The first real pictures.</summary>
    public IReadOnlyList<RgbImage> RealExamples { get; }

    /// <summary>The training pictures against the real ones: about what samples without any fault would reach. Null where there are none.</summary>
    public SampleEvaluation? Training { get; }

    /// <summary>How many real pictures are training pictures, too; they tell nothing about memorising and are left out of that.</summary>
    public int TrainingPicturesAmongReal { get; }

    /// <summary>Makes sure that there are enough real pictures, before time is spent on what they are to be compared with.</summary>
    /// <exception cref="UniVGException">There are not.</exception>
    public static void RequireEnough(int count)
    {
        if (count < FewestPictures) throw new UniVGException($"{count} real pictures are too few to compare with; give at least {FewestPictures}, better 50 or more.");
    }

    /// <summary>Compares samples with the real pictures.</summary>
    /// <param name="name">What they are, such as <c>with adapter</c>.</param>
    /// <param name="samples">At least <see cref="FewestPictures"/>, of any size.</param>
    /// <param name="cancellation">Looked at between pictures.</param>
    /// <exception cref="UniVGException">There are too few samples.</exception>
    public SampleEvaluation Evaluate(string name, IReadOnlyList<RgbImage> samples, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.Count < FewestPictures)
            throw new UniVGException($"{samples.Count} samples are too few to judge a model by; draw at least {FewestPictures} (--count).");
        var features = _features.Extract(samples, cancellation);
        return Compare(name, samples, features, _heldOutDistances.Length > 0 ? FindMemorised(samples, features) : null, cancellation);
    }

    private SampleEvaluation Compare(
        string name, IReadOnlyList<RgbImage> images, ImageFeatures features, Memorisation? memorisation, CancellationToken cancellation)
    {
        var (ours, theirs) = (features.Appearance, _real.Appearance);
        var kernel = new KernelDistance(ours, theirs);
        int[] sizes = [ours.Count, theirs.Count];
        return new SampleEvaluation(
            name,
            images.Count,
            _bootstrap.Of(sizes, counts => FrechetDistance.Between(ours, theirs, counts[0], counts[1]), low: 0),
            _bootstrap.Of(sizes, counts => kernel.Value(counts[0], counts[1])),
            Measure(images, cancellation),
            memorisation,
            [.. images.Take(Examples)]);
    }

    private VesselSummary Measure(IReadOnlyList<RgbImage> images, CancellationToken cancellation) => VesselSummary.Of(
        [.. images.Select(image =>
        {
            cancellation.ThrowIfCancellationRequested();
            return VesselFigures.Of(image, _options.VesselSide, _polarity);
        })],
        _bootstrap);

    private Memorisation FindMemorised(IReadOnlyList<RgbImage> samples, ImageFeatures features)
    {
        var nearest = NearestNeighbours.Find(features.Layout, _trainingLayout);
        double[] distances = [.. nearest.Select(n => n.Distance)];
        var share = _bootstrap.Of(
            [_heldOutDistances.Length, distances.Length],
            counts =>
            {
                var limit = Bootstrap.Quantile([.. _heldOutDistances.SelectMany((d, i) => Enumerable.Repeat(d, counts[0][i]))], _options.MemorisationQuantile);
                return distances.Zip(counts[1], (d, count) => d < limit ? count : 0).Sum() / (double)distances.Length;
            },
            low: 0, high: 1);
        var closest = nearest.Select((n, i) => (n.Index, n.Distance, Sample: i)).OrderBy(p => p.Distance).Take(Examples)
            .Select(p => new ClosestPair(samples[p.Sample], p.Sample, TrainingPicture(p.Index), p.Index % _training.Count, p.Distance));
        var threshold = Bootstrap.Quantile(_heldOutDistances, _options.MemorisationQuantile);
        return new Memorisation(
            share,
            distances.Count(d => d < CopyPart * _heldOutDistances[0]),
            threshold,
            _options.MemorisationQuantile,
            NearnessChance.OfAtLeast(
                distances.Length, _heldOutDistances.Length,
                Math.Min(_heldOutDistances.Count(d => d <= threshold) + 1, _heldOutDistances.Length), distances.Count(d => d < threshold)),
            Bootstrap.Quantile([.. distances.Order()], 0.5),
            Bootstrap.Quantile(_heldOutDistances, 0.5),
            [.. closest]);
    }

    private RgbImage TrainingPicture(int index) =>
        index < _training.Count ? _training[index] : ImageTransforms.FlipHorizontal(_training[index - _training.Count]);
}
