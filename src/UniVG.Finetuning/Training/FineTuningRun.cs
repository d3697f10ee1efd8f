using System.Diagnostics;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Data;
using UniVG.Finetuning.Data.Latents;
using UniVG.Finetuning.Training.Cost;
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
    private const int ValidationsPerRun = 10;

    private readonly RunPlan _plan;
    private readonly ParameterGroups _groups;
    private readonly OptimizerStep _update;
    private readonly LatentCache _latents;
    private readonly ValidationLoss? _validation;
    private readonly CancellationTokenSource _disposing = new();
    private readonly ComputeThread _thread = new("UniVG training");
    private TrainingStep _step;
    private readonly Lock _gate = new();
    private Task _training = Task.CompletedTask;
    private int _running;
    private int? _failedAt;

    /// <summary>Prepares a run; no step is taken and no image encoded yet.</summary>
    /// <param name="model">The model that <paramref name="adapter"/> is attached to; not owned.</param>
    /// <param name="dataset">The images to learn from, and those held out.</param>
    /// <param name="adapter">The adapters to train; not owned.</param>
    /// <param name="config">How to train.</param>
    /// <exception cref="UniVGException">The configuration is impossible.</exception>
    public FineTuningRun(StableDiffusion model, FineTuningDataset dataset, AdapterNetwork adapter, TrainingConfig config)
    {
        config.ValidateFor(model);
        (Model, Dataset, Adapter, Config) = (model, dataset, adapter, config);
        _plan = new RunPlan(dataset, config);
        _groups = new ParameterGroups(adapter, config);
        Optimizer = ComputeThread.RunOnce(() => KnownOptimizers.Create(config.Optimizer, _groups.All, config.OptimizerArguments));
        LossScaler = model.UNet.Weights.DType == ScalarType.Float16 ? new LossScaler(model.Device) : null;
        _update = new OptimizerStep(adapter, Optimizer, LossScaler);
        _latents = new LatentCache(model, dataset);
        _step = new TrainingStep(model, dataset, _latents, adapter.Config, config);
        _validation = dataset.Validation is { } heldOut ? new ValidationLoss(model, heldOut) : null;
    }

    /// <summary>The model that learns.</summary>
    public StableDiffusion Model { get; }

    /// <summary>The images it learns from.</summary>
    public FineTuningDataset Dataset { get; }

    /// <summary>How many images' latents were found on disk so far, and how many were encoded.</summary>
    public (int Found, int Encoded) Latents => (_latents.Found, _latents.Encoded);

    /// <summary>The adapters that are trained.</summary>
    public AdapterNetwork Adapter { get; }

    /// <summary>How the next step is trained; <see cref="Change"/> gives it other values.</summary>
    public TrainingConfig Config { get; private set; }

    /// <summary>What turns gradients into steps; its state belongs to a saved run.</summary>
    public IOptimizer Optimizer { get; }

    /// <summary>Keeps the gradients of a float16 model from vanishing, its state belongs to a saved run; null in other precisions.</summary>
    public LossScaler? LossScaler { get; }

    /// <summary>All steps so far.</summary>
    public TrainingHistory History { get; } = new();

    /// <summary>Steps taken so far.</summary>
    public int Step { get; private set; }

    /// <summary>Steps planned.</summary>
    public int TotalSteps => _plan.TotalSteps;

    /// <summary>Steps of one pass over the dataset.</summary>
    public int StepsPerEpoch => _plan.StepsPerEpoch;

    /// <summary>Passes over the dataset that the planned steps make, the last one perhaps in part.</summary>
    public int TotalEpochs => (TotalSteps + StepsPerEpoch - 1) / StepsPerEpoch;

    /// <summary>The epoch of the next step, from 1.</summary>
    public int Epoch => _plan.EpochOf(Step);

    /// <summary>Whether steps are being taken at this moment; model and adapter must be left alone then.</summary>
    public bool IsTraining => Volatile.Read(ref _running) == 1;

    /// <summary>Whether it was disposed, or replaced by another; model and adapter may be gone then.</summary>
    public bool IsDisposed => _disposing.IsCancellationRequested;

    /// <summary>Whether all planned steps are taken.</summary>
    public bool IsFinished => Step >= TotalSteps;

    /// <summary>Whether the loss stopped being a number. The adapter is then as it was before that step; a <see cref="Change"/> lets it try again.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether libtorch failed while a step changed the adapter, so that some tensors are a step ahead of others. Such a run takes no more steps, and has no state to save.</summary>
    public bool IsHalfStepped => _update.IsHalfDone;

    /// <summary>Steps between measurements of the validation loss; 0 where there are none.</summary>
    public int ValidateEvery => _validation is null ? 0 : Config.ValidateEvery ?? Math.Max(1, TotalSteps / ValidationsPerRun);

    /// <summary>When the run was created (UTC).</summary>
    public DateTimeOffset StartedAt { get; private set; } = DateTimeOffset.UtcNow;

    /// <summary>What all states of this run share, before and after a resume.</summary>
    public Guid Id { get; private set; } = Guid.NewGuid();

    /// <summary>Who is told of each step; to be changed between steps only.</summary>
    public IList<IRunObserver> Observers { get; } = [];

    /// <summary>How many steps a run would take.</summary>
    /// <returns>Steps of one pass over the dataset, and of the whole run.</returns>
    /// <exception cref="UniVGException">The configuration is impossible, or the run would never end.</exception>
    public static (int StepsPerEpoch, int TotalSteps) Plan(FineTuningDataset dataset, TrainingConfig config)
    {
        var plan = new RunPlan(dataset, config);
        return (plan.StepsPerEpoch, plan.TotalSteps);
    }

    /// <summary>Gives the next step, and those after it, other settings. A run that is training takes them up at its next step.</summary>
    /// <param name="config">The present configuration with other values.</param>
    /// <exception cref="UniVGException">A value is impossible, or belongs to those that may not change; nothing is changed then.</exception>
    public void Change(TrainingConfig config)
    {
        if (TrainingSettings.All.FirstOrDefault(setting => setting.WhyFixed is not null && setting.Read(Config) != setting.Read(config)) is { } kept)
        {
            throw new UniVGException(
                $"'{kept.Name}' cannot change within a run: {kept.WhyFixed}. What may: {string.Join(", ", TrainingSettings.Changeable.Select(s => s.Name))}.");
        }

        config.Validate();
        if (TrainingSettings.Differences(Config, config) is not { Count: > 0 } changes) return;
        HasFailed = false;
        History.Add(new SettingsChange(Step, changes));
        Config = config;
    }

    /// <summary>
    /// A run that goes on from where this one is, with its step, history and optimizer, but other settings. It takes over the adapter, so
    /// this one should be disposed.
    /// </summary>
    /// <param name="config">This run's configuration with other values; also the plan may change, not the optimizer.</param>
    /// <exception cref="UniVGException">A value is impossible, or the run is training.</exception>
    public FineTuningRun Fork(TrainingConfig config)
    {
        if (IsTraining) throw new UniVGException("The run is training; interrupt it before forking it.");
        RequireWhole();
        if (!config.Optimizer.Equals(Config.Optimizer, StringComparison.OrdinalIgnoreCase) || config.LoraPlusRatio is null != Config.LoraPlusRatio is null)
            throw new UniVGException("A fork goes on with the optimizer's memory, so optimizer and loraplus-lr-ratio stay; begin another run with '#!univg train' instead.");
        var fork = new FineTuningRun(Model, Dataset, Adapter, config) { Step = Step };
        if (fork.IsFinished)
        {
            fork.Dispose();
            throw new UniVGException($"The run has taken {Step} steps and the fork would end at {fork.TotalSteps}; plan more, such as steps={2 * Step}.");
        }

        fork.Optimizer.LoadStateTensors(Optimizer.StateTensors());
        if (LossScaler is not null) fork.LossScaler!.LoadStateTensors(LossScaler.StateTensors());
        fork.History.Restore(RunHistory.Of(this));
        fork.History.Add(new SettingsChange(Step, TrainingSettings.Differences(Config, config)));
        return fork;
    }

    /// <summary>Takes steps until the planned end.</summary>
    public Task RunToEndAsync(Action<StepReport>? onStep = null, Action<int, int>? onEncoded = null, CancellationToken cancellationToken = default) =>
        StepAsync(TotalSteps - Step, onStep, onEncoded, cancellationToken);

    /// <summary>Takes steps until <paramref name="step"/> steps are taken; none where they are already. Arguments as in <see cref="StepAsync"/>.</summary>
    public Task RunToAsync(int step, Action<StepReport>? onStep = null, Action<int, int>? onEncoded = null, CancellationToken cancellationToken = default) =>
        StepAsync(Math.Max(0, step - Step), onStep, onEncoded, cancellationToken);

    /// <summary>Takes up to <paramref name="count"/> steps, fewer where the run ends before; before the first one, encodes the images and measures the validation loss.</summary>
    /// <param name="count">Steps to take.</param>
    /// <param name="onStep">Told of each step, on the training thread; must return quickly.</param>
    /// <param name="onEncoded">Told how many of how many images are encoded, on the training thread.</param>
    /// <param name="cancellationToken">Looked at before each batch; a cancelled run can be continued.</param>
    /// <exception cref="UniVGException">The loss stopped being a number, or the run is being driven from elsewhere.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled; all steps reported so far count.</exception>
    public async Task StepAsync(
        int count, Action<StepReport>? onStep = null, Action<int, int>? onEncoded = null, CancellationToken cancellationToken = default)
    {
        RequireUsable();
        if (HasFailed) throw new UniVGException("The run failed; give it other settings ('#!univg set lr=...') to go on, or begin another with '#!univg train' and a lower --lr.");
        await DriveAsync(stop => TakeSteps(count, onStep, onEncoded, stop), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Estimates what a step takes, by measuring a prediction or, where it is short, a few passes; nothing of the run changes.</summary>
    /// <param name="cancellationToken">Looked at before each pass.</param>
    /// <exception cref="UniVGException">The run is being driven from elsewhere, or not even the prediction fits into the memory.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<StepCost> EstimateCostAsync(CancellationToken cancellationToken = default)
    {
        RequireUsable();
        return await DriveAsync(stop => AsTrained(() => StepCost.Of(this, _plan.BatchesOfEpoch(Epoch), stop)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stops after the present step where one is under way, and frees what the run holds; its history stays.</summary>
    /// <exception cref="UniVGException">Called from what is told of each step, which the step would wait for.</exception>
    public void Dispose()
    {
        if (_thread.IsCurrent) throw new UniVGException("The run is taking steps, and what is told of them cannot replace or dispose it; cancel it there, and do that when it has stopped.");
        lock (_gate)
        {
            if (IsDisposed) return;
            _disposing.Cancel();
        }

        // Native code may be working on the tensors: they are freed only when the training thread has left them.
        _training.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
        Optimizer.Dispose();
        LossScaler?.Dispose();
        _validation?.Dispose();
        _step.Dispose();
        _latents.Dispose();
        _thread.Dispose();
    }

    /// <summary>Brings a run that was prepared as before to where it was saved; the adapter's tensors are the caller's business.</summary>
    internal void Restore(RunState state, RunHistory history, IReadOnlyDictionary<string, Tensor> optimizer, IReadOnlyDictionary<string, Tensor> scaler)
    {
        if (state.TotalSteps != TotalSteps)
            throw new UniVGException($"The state plans {state.TotalSteps} steps and its settings give {TotalSteps}; it is damaged, or of another dataset.");
        Optimizer.LoadStateTensors(optimizer);
        if (scaler.Count > 0) LossScaler?.LoadStateTensors(scaler);
        History.Restore(history);
        (Id, StartedAt, Step) = (state.RunId, state.StartedAt, state.Step);
    }

    private void RequireUsable()
    {
        if (IsDisposed) throw new UniVGException("The run was replaced by another, or disposed: its history is there, but it takes no more steps.");
        if (Model.IsDisposed) throw new UniVGException("The run's model was disposed or replaced; load it again, and go on with '#!univg resume' where a state was saved, or begin another run.");
        if (Adapter.IsDisposed) throw new UniVGException("The run's adapter was disposed or replaced; begin another run, or go on with '#!univg resume' where a state was saved.");
        RequireWhole();
    }

    private async Task<T> DriveAsync<T>(Func<CancellationToken, T> work, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _running, 1) == 1) throw new UniVGException("The run is training already; wait for it, or interrupt it.");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _disposing.Token);
        try
        {
            Task<T> training;
            lock (_gate)
            {
                RequireUsable();
                _training = training = OnThreadAsync(() => work(stop.Token));
            }

            return await training.ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private async Task<T> OnThreadAsync<T>(Func<T> work)
    {
        try
        {
            return await _thread.Run(work).ConfigureAwait(false);
        }
        catch (LostThreadException e)
        {
            EndStep();
            throw Told(e) ?? e;
        }
        catch (Exception e) when (Told(e) is { } told)
        {
            throw told;
        }
    }

    private int TakeSteps(int count, Action<StepReport>? onStep, Action<int, int>? onEncoded, CancellationToken cancellationToken)
    {
        _latents.Fill(onEncoded, cancellationToken);
        _validation?.Fill(onEncoded, cancellationToken);
        ValidateIfDue(cancellationToken);
        for (var i = 0; i < count && !IsFinished; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var report = AsTrained(() => TakeStep(cancellationToken));
            History.Add(report);
            foreach (var observer in Observers) observer.OnStep(this, report);
            onStep?.Invoke(report);
            ValidateIfDue(cancellationToken);
            if (Step % StepsPerCollection == 0) GC.Collect();
        }

        return Step;
    }

    // A file has no strength: what is trained is what it holds, however strongly samples show it.
    private T AsTrained<T>(Func<T> work)
    {
        Adapter.ActsAsTrained = true;
        try
        {
            return work();
        }
        finally
        {
            EndStep();
        }
    }

    private void EndStep()
    {
        Adapter.ActsAsTrained = false;
        Adapter.Dropout.Seed = null;
        _update.Drop();
    }

    private UniVGException? Told(Exception e) => IsHalfStepped ? new UniVGException(RunAdvice.AfterHalfAStep(this, e), e) : DeviceFailure.ExplainNative(e);

    /// <summary>Makes sure that all tensors are of the same step.</summary>
    /// <exception cref="UniVGException">They are not.</exception>
    internal void RequireWhole()
    {
        if (IsHalfStepped) throw new UniVGException(RunAdvice.AfterHalfAStep(this));
    }

    private StepReport TakeStep(CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        using var pause = FinalizerPause.Begin();
        using var scope = NewDisposeScope();
        var config = TakeUpChanges();
        _groups.SetRates(config, LearningRateSchedule.Factor(config, Step - (LossScaler?.SkippedSteps ?? 0), TotalSteps));
        var (epoch, loss) = (Epoch, 0.0);
        try
        {
            var part = 0;
            foreach (var batch in _plan.BatchesOf(Step))
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var partScope = NewDisposeScope();
                var place = new BatchPlace(epoch, Step, part++, TotalSteps);
                Adapter.Dropout.Seed = _step.SeedOf(place);
                _update.Accumulate(_step.Loss(_step.Prepare(batch, place)), config.GradientAccumulationSteps);
            }

            loss = _update.Update(config);
        }
        catch (NotFiniteNumberException e)
        {
            HasFailed = true;
            var isRepeated = _failedAt == Step;
            _failedAt = Step;
            throw new UniVGException(RunAdvice.AfterNotANumber(this, isRepeated), e);
        }

        Step++;
        return new StepReport(
            Step, TotalSteps, epoch, loss, _groups.UNetRate, _groups.TextEncoderRate, Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    // Before the first step, after the last, and in between; again, where a measurement was interrupted.
    private void ValidateIfDue(CancellationToken cancellationToken)
    {
        if (ValidateEvery is not (> 0 and var every) || !(Step % every == 0 || IsFinished) || History.LastValidation?.Step == Step) return;
        var point = new ValidationPoint(Step, AsTrained(() => _validation!.Measure(Config, cancellationToken)));
        History.Add(point);
        foreach (var observer in Observers) observer.OnValidation(this, point);
    }

    private TrainingConfig TakeUpChanges()
    {
        var config = Config;
        if (ReferenceEquals(_step.Config, config)) return config;
        _step.Dispose();
        _step = new TrainingStep(Model, Dataset, _latents, Adapter.Config, config);
        return config;
    }
}
