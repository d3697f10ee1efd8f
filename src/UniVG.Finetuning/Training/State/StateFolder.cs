using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.State;

/// <summary>
/// A folder that holds a run's state: <c>adapter.safetensors</c> (fp32), <c>optimizer.safetensors</c> (with the loss scaler's),
/// <c>history.json</c> and, written
/// last, <c>state.json</c>.
/// </summary>
/// <param name="Path">The folder.</param>
/// <param name="State">Its <c>state.json</c>.</param>
public sealed record StateFolder(string Path, RunState State)
{
    private const string StateFile = "state.json";
    private const string AdapterFileName = "adapter.safetensors";
    private const string OptimizerFile = "optimizer.safetensors";
    private const string HistoryFile = "history.json";
    private const string ScalerPrefix = "loss_scaler.";
    private const string PartialEnding = ".partial";

    /// <summary>The file with the adapter's tensors.</summary>
    internal string AdapterPath => System.IO.Path.Combine(Path, AdapterFileName);

    /// <summary>Writes the state of a run. The folder appears when it is complete and on the disk, and replaces one of that name.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="run">The run, between two steps.</param>
    /// <param name="origin">What it began with.</param>
    /// <exception cref="UniVGException">It cannot be written; what was there stays.</exception>
    public static StateFolder Write(string path, FineTuningRun run, RunOrigin origin)
    {
        var target = System.IO.Path.GetFullPath(path);
        var partial = $"{HiddenPath(target)}.{Guid.NewGuid():N}{PartialEnding}";
        try
        {
            DeleteLeftovers(target);
            Directory.CreateDirectory(partial);
            var state = WriteFiles(partial, run, origin);
            Replace(partial, target);
            return new StateFolder(path, state);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or UniVGException)
        {
            TryDelete(partial);
            throw new UniVGException($"The state cannot be saved as '{path}': {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>Reads a state folder and checks that it is whole.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="folder">The state.</param>
    /// <param name="problem">Why it cannot be used, as the end of a sentence.</param>
    public static bool TryRead(string path, [NotNullWhen(true)] out StateFolder? folder, [NotNullWhen(false)] out string? problem)
    {
        (folder, problem) = (null, null);
        try
        {
            var file = System.IO.Path.Combine(path, StateFile);
            if (!File.Exists(file))
            {
                problem = path.EndsWith(PartialEnding, StringComparison.Ordinal) ? "was being written when the program ended" : $"has no {StateFile}";
            }
            else if (JsonSerializer.Deserialize<RunState>(File.ReadAllText(file), RunJson.Indented) is not { } state)
            {
                problem = $"has an empty {StateFile}";
            }
            else if (state.Format != RunState.PresentFormat)
            {
                problem = $"is of another version (format {state.Format})";
            }
            else if (state.Hashes.FirstOrDefault(hash => !StateHash.Fits(System.IO.Path.Combine(path, hash.Key), hash.Value)).Key is { } damaged)
            {
                problem = $"is damaged ({damaged})";
            }
            else
            {
                folder = new StateFolder(path, state);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or UniVGException)
        {
            problem = $"cannot be read ({e.Message.TrimEnd('.')})";
        }

        return folder is not null;
    }

    /// <summary>
    /// What <c>state.json</c> says, without looking at the other files; null where there is none that can be read.
    /// </summary>
    public static RunState? Peek(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RunState>(File.ReadAllText(System.IO.Path.Combine(path, StateFile)), RunJson.Indented);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or UniVGException)
        {
            return null;
        }
    }

    /// <summary>The states of an output folder, newest first, as their <c>state.json</c> describe them; the other files are not looked at.</summary>
    public static IEnumerable<StateFolder> AllIn(string folder) => !Directory.Exists(folder) ? [] : Directory.EnumerateDirectories(folder, "*" + RunFiles.StateEnding)
        .Select(path => (Path: path, State: Peek(path))).Where(found => found.State is not null)
        .Select(found => new StateFolder(found.Path, found.State!)).OrderByDescending(found => found.State.SavedAt);

    /// <summary>Whether a folder's name is that of a state, perhaps an unfinished one.</summary>
    internal static bool IsNamedLikeState(string path) =>
        path.EndsWith(RunFiles.StateEnding, StringComparison.Ordinal)
        || (path.EndsWith(PartialEnding, StringComparison.Ordinal) && path.Contains(RunFiles.StateEnding + ".", StringComparison.Ordinal));

    /// <summary>The steps so far.</summary>
    internal RunHistory ReadHistory() =>
        JsonSerializer.Deserialize<RunHistory>(File.ReadAllText(System.IO.Path.Combine(Path, HistoryFile)), RunJson.Compact)!;

    /// <summary>The optimizer's tensors, and those of the loss scaler where there is one; owned by the caller.</summary>
    internal (Dictionary<string, Tensor> Optimizer, Dictionary<string, Tensor> Scaler) ReadOptimizer()
    {
        var tensors = ReadTensors(System.IO.Path.Combine(Path, OptimizerFile)).ToLookup(t => t.Key.StartsWith(ScalerPrefix, StringComparison.Ordinal));
        return (tensors[false].ToDictionary(), tensors[true].ToDictionary(t => t.Key[ScalerPrefix.Length..], t => t.Value));
    }

    /// <summary>The adapter's tensors by their names in files; owned by the caller.</summary>
    internal Dictionary<string, Tensor> ReadAdapter() => ReadTensors(AdapterPath);

    private static Dictionary<string, Tensor> ReadTensors(string path)
    {
        using var file = TensorFile.Open(path);
        return file.Tensors.Keys.ToDictionary(name => name, file.Read);
    }

    private static RunState WriteFiles(string folder, FineTuningRun run, RunOrigin origin)
    {
        run.RequireWhole();
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        string At(string name) => System.IO.Path.Combine(folder, name);
        var adapter = run.Adapter.NamedTensors().ToDictionary(t => t.Name, t => t.Tensor);
        var scaler = run.LossScaler?.StateTensors().Select(t => KeyValuePair.Create(ScalerPrefix + t.Key, t.Value));
        var optimizer = run.Optimizer.StateTensors().Concat(scaler ?? []).ToDictionary();
        var history = JsonSerializer.SerializeToUtf8Bytes(RunHistory.Of(run), RunJson.Compact);
        var hashes = new Dictionary<string, string>
        {
            [AdapterFileName] = StateHash.Of(witness => SafetensorsWriter.Write(At(AdapterFileName), adapter, witness: witness)),
            [OptimizerFile] = StateHash.Of(witness => SafetensorsWriter.Write(At(OptimizerFile), optimizer, witness: witness)),
            [HistoryFile] = StateHash.Of(witness => witness(history)),
        };
        Write(At(HistoryFile), history);
        var state = new RunState
        {
            RunId = run.Id,
            StartedAt = run.StartedAt,
            SavedAt = DateTimeOffset.UtcNow,
            Step = run.Step,
            TotalSteps = run.TotalSteps,
            Epoch = run.Epoch,
            StepInEpoch = run.Step % run.StepsPerEpoch,
            AdapterIsFromFile = run.Adapter.LoadReport is not null,
            AdapterScale = run.Adapter.Multiplier,
            Origin = origin,
            Hashes = hashes,
        };
        Write(At(StateFile), JsonSerializer.SerializeToUtf8Bytes(state, RunJson.Indented));
        return state;
    }

    private static void Write(string path, byte[] content) => AtomicFile.Replace(path, stream => stream.Write(content));

    // A folder cannot be renamed onto another one, so the old one steps aside first.
    private static void Replace(string partial, string target)
    {
        var old = Directory.Exists(target) ? $"{HiddenPath(target)}.{Guid.NewGuid():N}{PartialEnding}" : null;
        if (old is not null) Directory.Move(target, old);
        Directory.Move(partial, target);
        if (old is not null) TryDelete(old);
    }

    private static string HiddenPath(string target) =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(target)!, "." + System.IO.Path.GetFileName(target));

    // What a program that was killed left of this very state; another state's may be in the making elsewhere.
    private static void DeleteLeftovers(string target)
    {
        var hidden = HiddenPath(target);
        var parent = System.IO.Path.GetDirectoryName(hidden)!;
        if (!Directory.Exists(parent)) return;
        foreach (var leftover in Directory.EnumerateDirectories(parent, $"{System.IO.Path.GetFileName(hidden)}.*{PartialEnding}")) TryDelete(leftover);
    }

    private static void TryDelete(string folder)
    {
        try
        {
            if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is hidden, and the next save of this state tries again.
        }
    }
}
