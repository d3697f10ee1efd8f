using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;

namespace UniVG.Finetuning.Training.State;

/// <summary>The files that a run writes, by kohya's names.</summary>
/// <param name="Folder">The output folder.</param>
/// <param name="Name">The run's name: that of the finished adapter's file, without ending.</param>
public sealed record RunFiles(string Folder, string Name)
{
    /// <summary>What the names of all state folders end in.</summary>
    public const string StateEnding = "-state";

    private const string AdapterEnding = ".safetensors";

    /// <summary>The finished adapter.</summary>
    public string FinishedAdapter => InFolder(Name + AdapterEnding);

    /// <summary>The history as a table.</summary>
    public string HistoryTable => InFolder(Name + ".csv");

    /// <summary>The configuration, as SD-Trainer and kohya read it.</summary>
    public string Configuration => InFolder(Name + ".toml");

    /// <summary>The files beside a finished adapter.</summary>
    public static RunFiles Of(string adapterPath) =>
        new(Path.GetDirectoryName(adapterPath) ?? "", Path.GetFileNameWithoutExtension(adapterPath));

    /// <summary>The adapter after a step.</summary>
    public string AdapterAtStep(int step) => InFolder($"{AtStep(step)}{AdapterEnding}");

    /// <summary>The adapter after a whole epoch.</summary>
    public string AdapterAtEpoch(int epoch) => InFolder($"{AtEpoch(epoch)}{AdapterEnding}");

    /// <summary>The folder of the state after a step.</summary>
    public string StateAtStep(int step) => InFolder($"{AtStep(step)}{StateEnding}");

    /// <summary>The folder of the state after a whole epoch.</summary>
    public string StateAtEpoch(int epoch) => InFolder($"{AtEpoch(epoch)}{StateEnding}");

    /// <summary>The adapters and states of this name that there are.</summary>
    public IReadOnlyList<string> Existing()
    {
        var folder = Path.GetFullPath(Folder);
        if (!Directory.Exists(folder)) return [];
        return [.. Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).Where(IsOurs).Order(StringComparer.Ordinal)];
    }

    /// <summary>Makes sure that a new run of this name overwrites nothing that an earlier one wrote.</summary>
    /// <param name="overwrite">Whether it may all the same.</param>
    /// <param name="except">Files and folders that may be there.</param>
    /// <exception cref="UniVGException">There are adapters or states of this name.</exception>
    public void RequireFree(bool overwrite = false, IEnumerable<string>? except = null)
    {
        var existing = Existing().Except((except ?? []).Select(path => Path.GetFileName(path))).ToList();
        if (overwrite || existing.Count == 0) return;
        var folder = Folder.Length == 0 ? "." : Folder;
        var more = existing.Count == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" and {existing.Count - 1} more");
        var goOn = existing.Any(name => name.EndsWith(StateEnding, StringComparison.Ordinal)) ? $"go on with that run by '#!univg resume {folder}', " : "";
        throw new UniVGException(
            $"'{folder}' holds files of an earlier run named {Name} ({existing[0]}{more}); {goOn}choose another --name or --output, or add --overwrite.");
    }

    /// <summary>Makes sure that a finished adapter, where there is one already, is of the run that is taken up.</summary>
    /// <param name="state">The run's state.</param>
    /// <exception cref="UniVGException">It is of another run, or no adapter.</exception>
    public void RequireOwn(RunState state)
    {
        if (!File.Exists(FinishedAdapter) || state.Origin.Definition.Overwrite) return;
        string? session = null;
        try
        {
            using var file = SafetensorsFile.Open(FinishedAdapter);
            session = file.Metadata.GetValueOrDefault(AdapterMetadata.SessionIdKey);
        }
        catch (CheckpointException)
        {
            // Then it is none of this run's.
        }

        if (session != AdapterMetadata.SessionId(state.StartedAt))
            throw new UniVGException($"'{FinishedAdapter}' is of another run, and the one to resume would overwrite it; move it away first.");
    }

    private static bool IsNumbered(string middle) =>
        middle.StartsWith("-step", StringComparison.Ordinal) ? middle.Length > 5 && middle.AsSpan(5).IndexOfAnyExceptInRange('0', '9') < 0
        : middle.Length > 1 && middle[0] == '-' && middle.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    private bool IsOurs(string file)
    {
        if (!file.StartsWith(Name, StringComparison.Ordinal)) return false;
        var rest = file[Name.Length..];
        if (rest == AdapterEnding || rest == StateEnding) return true;
        var ending = rest.EndsWith(AdapterEnding, StringComparison.Ordinal) ? AdapterEnding : rest.EndsWith(StateEnding, StringComparison.Ordinal) ? StateEnding : null;
        return ending is not null && IsNumbered(rest[..^ending.Length]);
    }

    private string AtStep(int step) => string.Create(CultureInfo.InvariantCulture, $"{Name}-step{step:D8}");

    private string AtEpoch(int epoch) => string.Create(CultureInfo.InvariantCulture, $"{Name}-{epoch:D6}");

    private string InFolder(string file) => Path.Combine(Folder, file);
}
