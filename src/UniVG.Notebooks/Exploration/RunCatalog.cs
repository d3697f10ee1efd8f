using System.Globalization;
using UniVG.Diffusion;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Exploration;

/// <summary>
/// The runs that can be named: those of a session, and those in its output folder and below. A run is called by its path in the output
/// folder, one that has a folder for itself by that folder: <c>model_lora</c>, <c>sweep/dim4-lr1e-4</c>; a run elsewhere by its path. Earlier runs of a session whose
/// files a later one replaced are <c>model_lora@1</c>, <c>model_lora@2</c>, ….
/// </summary>
public sealed class RunCatalog
{
    private readonly List<Entry> _entries;

    private RunCatalog(string output, List<Entry> entries) => (Folder, _entries) = (output, entries);

    /// <summary>The output folder, as a full path.</summary>
    public string Folder { get; }

    /// <summary>All names, those of the session first.</summary>
    public IReadOnlyList<string> Names => [.. _entries.Select(entry => entry.Name)];

    /// <summary>Looks around.</summary>
    /// <param name="session">The session.</param>
    /// <param name="folder">The output folder; null takes the guide's.</param>
    public static RunCatalog Of(UniVGSession session, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(session);
        var output = Path.GetFullPath(InputPath.Find(folder ?? AdapterOutput.DefaultFolder));

        // A resumed run is there twice, with one history.
        var own = session.Kept.Where(kept => kept.Run.History.Count > 0).GroupBy(kept => kept.Run.Id).Select(group => group.Last())
            .GroupBy(kept => Path.GetFullPath(kept.Keeper.Files.FinishedAdapter))
            .SelectMany(same => same.Select((kept, i) => (Kept: kept, Before: same.Count() - 1 - i, Number: i + 1))).ToList();
        var paths = own.Select(run => Path.GetFullPath(run.Kept.Keeper.Files.FinishedAdapter)).ToHashSet();
        var saved = SavedRun.FindIn(output).Where(files => !paths.Contains(Path.GetFullPath(files.FinishedAdapter))).ToList();
        List<RunFiles> all = [.. own.Select(run => run.Kept.Keeper.Files), .. saved];
        return new RunCatalog(output,
        [
            .. own.Select(run => new Entry(
                NameOf(run.Kept.Keeper.Files, output, all) + (run.Before == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"@{run.Number}")),
                run.Kept.Keeper.Files, run.Kept, run.Before > 0)),
            .. saved.Select(files => new Entry(NameOf(files, output, all), files, Own: null, IsReplaced: false)),
        ]);
    }

    /// <summary>All runs that can be read, those of the session first.</summary>
    /// <param name="problems">Told of each that cannot, in a sentence.</param>
    public IReadOnlyList<RunRecord> ReadAll(Action<string> problems) => ReadAll(_entries, problems);

    /// <summary>The runs of the session.</summary>
    public IReadOnlyList<RunRecord> OfSession() => [.. _entries.Where(entry => entry.Own is not null).Select(Read)];

    /// <summary>Finds runs: the one of a name, all in a folder such as that of a sweep, or that of an adapter file.</summary>
    /// <param name="name">The name, or a path.</param>
    /// <param name="problems">Told of each that cannot be read, in a sentence; null throws it.</param>
    /// <exception cref="UniVGException">There is none; the message names the nearest.</exception>
    public IReadOnlyList<RunRecord> Find(string name, Action<string>? problems = null)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new UniVGException("The name of the run is empty; '#!univg runs' lists the names.");
        var wanted = name.TrimEnd('/', '\\');
        var found = _entries.Where(entry => entry.Name == wanted).ToList();
        if (found.Count == 0) found = _entries.Where(entry => entry.Name.StartsWith(wanted + "/", StringComparison.Ordinal)).ToList();
        if (found.Count > 0) return ReadAll(found, problems);

        var path = Path.GetFullPath(InputPath.Find(name));
        var files = Directory.Exists(path) ? SavedRun.FindIn(path) : RunFiles.Of(path) is var beside && File.Exists(beside.HistoryTable) ? [beside] : [];
        if (files.Count > 0) return ReadAll([.. files.Select(OfPath)], problems);
        throw new UniVGException($"There is no run '{name}'{NearestMatch.Hint(name, Names)}; {Known()}.");
    }

    /// <summary>The names of the runs that have a saved state.</summary>
    public IEnumerable<string> Resumable => _entries.Where(entry => !entry.IsReplaced && StateSearch.Candidates(entry.Files).Any()).Select(entry => entry.Name);

    /// <summary>The files of the run of a name; null where there is none, or a later run has taken its files' names.</summary>
    public RunFiles? FilesOf(string name) => _entries.Find(entry => entry.Name == name && !entry.IsReplaced)?.Files;

    /// <summary>Finds one run.</summary>
    /// <exception cref="UniVGException">There is none of the name, or several.</exception>
    public RunRecord FindOne(string name) => Find(name) is [var run] ? run
        : throw new UniVGException($"'{name}' holds several runs; name one of {string.Join(", ", Find(name).Select(run => run.Name).Take(8))}.");

    private static string NameOf(RunFiles files, string output, IReadOnlyList<RunFiles> all)
    {
        var folder = Path.GetFullPath(files.Folder.Length == 0 ? "." : files.Folder);
        var relative = Path.GetRelativePath(output, folder).Replace('\\', '/');
        if (relative == ".") return files.Name;
        if (relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative))
            return all.Where(other => other.Name == files.Name).Select(other => Path.GetFullPath(other.FinishedAdapter)).Distinct().Count() == 1
                ? files.Name
                : Path.Combine(folder, files.Name);
        var isAlone = all.Select(other => Path.GetFullPath(other.FinishedAdapter)).Distinct().Count(path => Path.GetDirectoryName(path) == folder) == 1;
        return isAlone ? relative : $"{relative}/{files.Name}";
    }

    private Entry OfPath(RunFiles files)
    {
        var path = Path.GetFullPath(files.FinishedAdapter);
        return _entries.LastOrDefault(entry => !entry.IsReplaced && Path.GetFullPath(entry.Files.FinishedAdapter) == path)
            ?? new Entry(PlaceOf(files), files, Own: null, IsReplaced: false);
    }

    // Outside the output folder many runs have the same file name, so they are called by where they are.
    private static string PlaceOf(RunFiles files)
    {
        var folder = Path.GetFullPath(files.Folder.Length == 0 ? "." : files.Folder);
        var place = SavedRun.FindIn(folder).Count == 1 ? folder : Path.Combine(folder, files.Name);
        var relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), place);
        return (relative == "." || relative.StartsWith("..", StringComparison.Ordinal) ? place : relative).Replace('\\', '/');
    }

    private string Known() => _entries.Count == 0
        ? $"'{Folder}' holds none yet"
        : $"known are {string.Join(", ", Names.Take(8))}{(_entries.Count > 8 ? ", …" : "")}";

    private static List<RunRecord> ReadAll(IEnumerable<Entry> entries, Action<string>? problems)
    {
        var runs = new List<RunRecord>();
        foreach (var entry in entries)
        {
            try
            {
                runs.Add(Read(entry));
            }
            catch (UniVGException e) when (problems is not null)
            {
                problems(e.Message);
            }
        }

        return runs;
    }

    private static RunRecord Read(Entry entry)
    {
        if (entry.Own is { Run: var run, Keeper: var keeper })
        {
            return new RunRecord(entry.Name, entry.Files, keeper.Definition with { Training = run.Config }, run.History.Snapshot(), run.History.Validation)
            {
                Run = run,
                IsReplaced = entry.IsReplaced,
            };
        }

        var saved = SavedRun.Read(entry.Files);
        return new RunRecord(entry.Name, entry.Files, saved.Definition, saved.Steps, saved.Validation);
    }

    private sealed record Entry(string Name, RunFiles Files, PresentRun? Own, bool IsReplaced);
}
