using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Checkpoints;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Training.Logs;

namespace UniVG.Finetuning.Training.State;

/// <summary>A run as the files next to its output tell, whichever process trained it: settings, history, adapters.</summary>
/// <param name="Files">Where they are.</param>
/// <param name="Definition">What it does, by its configuration file.</param>
/// <param name="Steps">The steps that its table holds: those up to its last save or stop.</param>
/// <param name="Validation">The validation losses among them.</param>
public sealed record SavedRun(RunFiles Files, RunDefinition Definition, IReadOnlyList<StepReport> Steps, IReadOnlyList<ValidationPoint> Validation)
{
    // Deep enough for a folder of sweeps in the output folder.
    private const int Depth = 3;

    /// <summary>The runs in a folder and those below it that have a configuration and a history, by path.</summary>
    public static IReadOnlyList<RunFiles> FindIn(string folder) => !Directory.Exists(folder) ? [] :
    [
        .. Directory.EnumerateFiles(folder, "*.csv", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = Depth, IgnoreInaccessible = true })
            .Select(RunFiles.Of).Where(files => File.Exists(files.Configuration)).OrderBy(files => files.HistoryTable, StringComparer.Ordinal),
    ];

    /// <summary>Reads a run.</summary>
    /// <exception cref="UniVGException">Its configuration or history is missing or damaged.</exception>
    public static SavedRun Read(RunFiles files)
    {
        var definition = TrainerToml.Read(TomlFile.Read(files.Configuration)).Definition with { Files = files };
        var (steps, validation) = HistoryTable.Read(files.HistoryTable);
        return new SavedRun(files, definition, steps, validation);
    }

    /// <summary>The adapters that a run wrote, by step; those that an earlier run of the same name left are passed over.</summary>
    /// <param name="files">The run's files.</param>
    public static IReadOnlyList<SavedCheckpoint> Checkpoints(RunFiles files)
    {
        var found = files.Existing().Where(name => name.EndsWith(".safetensors", StringComparison.Ordinal))
            .Select(name => Path.Combine(files.Folder, name)).Select(path => (Path: path, Facts: FactsOf(path)))
            .Where(file => file.Facts is not null).Select(file => (file.Path, file.Facts!.Value.Step, file.Facts.Value.Session, Written: File.GetLastWriteTimeUtc(file.Path))).ToList();
        if (found.Count == 0) return [];
        var session = found.MaxBy(file => file.Written).Session;
        return [.. found.Where(file => file.Session == session).OrderBy(file => file.Step).ThenBy(file => file.Written).DistinctBy(file => file.Step)
            .Select(file => new SavedCheckpoint(file.Step, file.Path))];
    }

    private static (int Step, string Session)? FactsOf(string path)
    {
        try
        {
            using var file = SafetensorsFile.Open(path);
            return int.TryParse(file.Metadata.GetValueOrDefault(AdapterMetadata.StepsKey), NumberStyles.None, CultureInfo.InvariantCulture, out var step)
                ? (step, file.Metadata.GetValueOrDefault(AdapterMetadata.SessionIdKey, ""))
                : null;
        }
        catch (CheckpointException)
        {
            return null; // half written, or of another tool
        }
    }
}
