using System.Diagnostics;
using TorchSharp;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Latents;
using UniVG.Finetuning.Training.Optimizers;
using UniVG.Finetuning.Training.Settings;
using UniVG.Finetuning.Training.State;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training;

/// <summary>
/// A fine-tuning from its first step to its last. Runs any number of steps at a time, each batch of steps on a thread of its own,
/// and can be cancelled between steps; a notebook cell, the headless runner and a test drive it the same way.
/// </summary>
public sealed class FineTuningRun : IDisposable
{
    // Native scalars that TorchSharp creates are freed by the collector only; without this the resident set creeps up.
    private const int StepsPerCollection = 50;
    private const int MaxSteps = 100_000_000;

    private readonly IOptimizer _optimizer;
    private readonly LatentCache _latents;
    private TrainingStep _step;
    private readonly CancellationTokenSource _disposing = new();
    private Task _training = Task.CompletedTask;
    private (int Epoch, IReadOnlyList<DatasetBatch> Batches) _plan;
    private int _running;

    /// <summary>Prepares a run; no step is taken and no image encoded yet.</summary>
    /// <param name="model">The model that <paramref name="adapter"/> is attached to; not owned.</param>
    /// <param name="dataset">The images to learn from.</param>
    /// <param name="adapter">The adapters to train; not owned.</param>
    /// <param name="config">How to train.</param>
    /// <exception cref="UniVGException">The configuration is impossible.</exception>
    public FineTuningRun(StableDiffusion model, FineTuningDataset dataset, AdapterNetwork adapter, TrainingConfig config)
    {
        (Model, Dataset, Adapter, Config) = (model, dataset, adapter, config);
        (StepsPerEpoch, TotalSteps) = Plan(dataset, config);
        UNetGroup = new ParameterGroup("unet", Parameters(adapter.UNet), config.LearningRate);
        TextEncoderGroup = new ParameterGroup("text_encoder", Parameters(adapter.TextEncoder), config.TextEncoderLearningRate);
        _optimizer = KnownOptimizers.Create(config.Optimizer, [UNetGroup, TextEncoderGroup], config.OptimizerArguments);
        _latents = new LatentCache(model, dataset, config.Seed);
        _step = new TrainingStep(model, dataset, _latents, config);
    }

    /// <summary>The model that learns.</summary>
    public StableDiffusion Model { get; }

    /// <summary>The images it learns from.</summary>
    public FineTuningDataset Dataset { get; }

    /// <summary>The adapters that are trained.</summary>
    public AdapterNetwork Adapter { get; }

    /// <summary>How the next step is trained; <see cref="Change"/> gives it other values.</summary>
    public TrainingConfig Config { get; private set; }

    /// <summary>What turns gradients into steps; its state belongs to a saved run.</summary>
    public IOptimizer Optimizer => _optimizer;

    /// <summary>All steps so far.</summary>
    public TrainingHistory History { get; } = new();

    /// <summary>Steps taken so far.</summary>
    public int Step { get; private set; }

    /// <summary>Steps planned.</summary>
    public int TotalSteps { get; }

    /// <summary>Steps of one pass over the dataset.</summary>
    public int StepsPerEpoch { get; }

    /// <summary>Passes over the dataset that the planned steps make, the last one perhaps in part.</summary>
    public int TotalEpochs => (TotalSteps + StepsPerEpoch - 1) / StepsPerEpoch;

    /// <summary>The epoch of the next step, from 1.</summary>
    public int Epoch => (Step / StepsPerEpoch) + 1;

    /// <summary>Whether all planned steps are taken.</summary>
    public bool IsFinished => Step >= TotalSteps;

    /// <summary>Whether the loss stopped being a number; such a run cannot go on.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>When the run was created (UTC).</summary>
    public DateTimeOffset StartedAt { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>What all states of this run share, before and after a resume.</summary>
    public Guid Id { get; private set; } = Guid.NewGuid();

    /// <summary>Who is told of each step; to be changed between steps only.</summary>
    public IList<IRunObserver> Observers { get; } = [];

    private ParameterGroup UNetGroup { get; }

    private ParameterGroup TextEncoderGroup { get; }

    private bool TrainsTextEncoder => TextEncoderGroup.Parameters.Count > 0 && Config.TextEncoderLearningRate > 0;

    /// <summary>How many steps a run would take.</summary>
    /// <returns>Steps of one pass over the dataset, and of the whole run.</returns>
    /// <exception cref="UniVGException">The configuration is impossible, or the run would never end.</exception>
    public static (int StepsPerEpoch, int TotalSteps) Plan(FineTuningDataset dataset, TrainingConfig config)
    {
        config.Validate();
        var perEpoch = EpochPlan.CountBatches(dataset, config.BatchSize);
        var total = config.Epochs is { } epochs ? (long)epochs * perEpoch : config.Steps;
        return total <= MaxSteps ? (perEpoch, (int)total) : throw new UniVGException(
            $"The run would take {total} steps; at most {MaxSteps} can be planned, so lower --epochs, --steps or the folders' repeats.");
    }

    /// <summary>Gives the next step, and those after it, other settings. A run that is training takes them up at its next step.</summary>
    /// <param name="config">The present configuration with other values.</param>
    /// <exception cref="UniVGException">A value is impossible, or belongs to those that may not change; nothing is changed then.</exception>
    public void Change(TrainingConfig config)
    {
        var changed = TrainingSettings.All.Where(setting => setting.Read(Config) != setting.Read(config)).ToList();
        if (changed.FirstOrDefault(setting => setting.WhyFixed is not null) is { } fixedOne)
        {
            throw new UniVGException(
                $"'{fixedOne.Name}' cannot change within a run: {fixedOne.WhyFixed}. What may: {string.Join(", ", TrainingSettings.Changeable.Select(s => s.Name))}.");
        }

        config.Validate();
        if (changed.Count == 0) return;
        History.Add(new SettingsChange(Step, [.. changed.Select(setting => $"{setting.Name} {setting.Read(Config)} → {setting.Read(config)}")]));
        Config = config;
    }

    /// <summary>Takes steps until the planned end.</summary>
    public Task RunToEndAsync(Action<StepReport>? onStep = null, Action<int, int>? onEncoded = null, CancellationToken cancellationToken = default) =>
        StepAsync(TotalSteps - Step, onStep, onEncoded, cancellationToken);

    /// <summary>Takes up to <paramref name="count"/> steps, fewer where the run ends before; before the first one, encodes the images.</summary>
    /// <param name="count">Steps to take.</param>
    /// <param name="onStep">Told of each step, on the training thread; must return quickly.</param>
    /// <param name="onEncoded">Told how many of how many images are encoded, on the training thread.</param>
    /// <param name="cancellationToken">Looked at before each step; a cancelled run can be continued.</param>
    /// <exception cref="UniVGException">The loss stopped being a number, or the run is being driven from elsewhere.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; all steps reported so far count.</exception>
    public async Task StepAsync(
        int count, Action<StepReport>? onStep = null, Action<int, int>? onEncoded = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposing.IsCancellationRequested, this);
        if (HasFailed) throw new UniVGException("The run failed and cannot go on; begin another with '#!univg train' and a lower --lr.");
        if (Interlocked.Exchange(ref _running, 1) == 1) throw new UniVGException("The run is training already; wait for it, or interrupt it.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            // Dispose scopes and gradient mode belong to a thread, and an await could move a cell to another one.
            _training = Task.Factory.StartNew(
                () => TakeSteps(count, onStep, onEncoded, stop.Token),
                CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await _training.ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    /// <summary>Stops after the present step where one is under way, and frees what the run holds; its history stays.</summary>
    public void Dispose()
    {
        if (_disposing.IsCancellationRequested) return;
        _disposing.Cancel();

        // Native code may be working on the tensors: they are freed only when the training thread has left them.
        _training.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
        _optimizer.Dispose();
        _step.Dispose();
        _latents.Dispose();
    }

    /// <summary>Brings a run that was prepared as before to where it was saved; the adapter's tensors are the caller's business.</summary>
    internal void Restore(RunState state, RunHistory history, IReadOnlyDictionary<string, Tensor> optimizer)
    {
        if (state.TotalSteps != TotalSteps)
            throw new UniVGException($"The state plans {state.TotalSteps} steps and its settings give {TotalSteps}; it is damaged, or of another dataset.");
        _optimizer.LoadStateTensors(optimizer);
        History.Restore(history.Steps, history.Changes);
        (Id, StartedAt, Step) = (state.RunId, state.StartedAt, state.Step);
    }

    private static IReadOnlyList<Tensor> Parameters(IEnumerable<Adapter> adapters) => [.. adapters.SelectMany(a => a.Parameters.Select(p => p.Tensor))];

    private void TakeSteps(int count, Action<StepReport>? onStep, Action<int, int>? onEncoded, CancellationToken cancellationToken)
    {
        _latents.Fill(onEncoded, cancellationToken);
        for (var i = 0; i < count && !IsFinished; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var report = TakeStep();
            History.Add(report);
            foreach (var observer in Observers) observer.OnStep(this, report);
            onStep?.Invoke(report);
            if (Step % StepsPerCollection == 0) GC.Collect();
        }
    }

    private StepReport TakeStep()
    {
        var started = Stopwatch.GetTimestamp();
        using var scope = NewDisposeScope();
        TakeUpChanges();
        var factor = LearningRateSchedule.Factor(Config, Step, TotalSteps);
        foreach (var group in _optimizer.Groups) group.LearningRate = group.BaseLearningRate * factor;

        Adapter.SeedDropout(StepSeed.Of(Config.Seed, ~(long)Step));
        var loss = _step.Loss(NextBatch(), Epoch, Step, TotalSteps);
        loss.backward();
        RecomputedBranch.ThrowIfFailed();
        var norm = GradientClipping.Clip(_optimizer.Groups.SelectMany(g => g.Parameters), Config.MaxGradientNorm);
        var value = loss.ToDouble();
        if (!double.IsFinite(value) || !double.IsFinite(norm))
        {
            _optimizer.ZeroGradients();
            HasFailed = true;
            throw new UniVGException(
                $"The loss is no longer a number in step {Step + 1} and the run has ended; train again with a lower --lr than {Config.LearningRate}.");
        }

        _optimizer.Step();
        _optimizer.ZeroGradients();
        if (Config.ScaleWeightNorms is { } limit) AdapterNorms.Limit(Adapter, limit);
        var epoch = Epoch;
        Step++;
        return new StepReport(
            Step, TotalSteps, epoch, value, UNetGroup.LearningRate, TrainsTextEncoder ? TextEncoderGroup.LearningRate : 0,
            Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    private void TakeUpChanges()
    {
        var config = Config;
        if (ReferenceEquals(_step.Config, config)) return;
        _step.Dispose();
        _step = new TrainingStep(Model, Dataset, _latents, config);
        (UNetGroup.BaseLearningRate, TextEncoderGroup.BaseLearningRate) = (config.LearningRate, config.TextEncoderLearningRate);
    }

    private DatasetBatch NextBatch()
    {
        if (_plan.Epoch != Epoch)
            _plan = (Epoch, EpochPlan.Create(Dataset, unchecked((int)StepSeed.Of(Config.Seed, -Epoch)), Epoch, Config.BatchSize));
        return _plan.Batches[Step % StepsPerEpoch];
    }
}
