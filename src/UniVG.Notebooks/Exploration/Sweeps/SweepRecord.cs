using System.Text.Json;
using UniVG.Diffusion;
using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Exploration.Sweeps;

/// <summary>The file <c>sweep.json</c> in a sweep's folder: which runs it planned, and how those that are done ended. By it a sweep is taken up again.</summary>
internal sealed class SweepRecord
{
    private const string FileName = "sweep.json";

    private readonly string _path;
    private readonly Dictionary<string, Entry> _entries;

    private SweepRecord(string path, Dictionary<string, Entry> entries) => (_path, _entries) = (path, entries);

    /// <summary>Opens the record of a folder, which need not be there yet.</summary>
    /// <exception cref="UniVGException">The file cannot be read.</exception>
    public static SweepRecord Open(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path)) return new SweepRecord(path, []);
        try
        {
            return new SweepRecord(path, JsonSerializer.Deserialize<Dictionary<string, Entry>>(File.ReadAllText(path), RunJson.Indented) ?? []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UniVGException($"'{path}' cannot be read ({e.Message.TrimEnd('.')}); choose another --output for the sweep, or remove the file.", e);
        }
    }

    /// <summary>Whether a run of that name was planned here, so that what its folder holds is this sweep's.</summary>
    public bool Knows(string name) => _entries.ContainsKey(name);

    /// <summary>How a run ended; null where it has not, or another run of that name did.</summary>
    public SweepOutcome? Find(string name, string fingerprint) => _entries.GetValueOrDefault(name) is { } entry && entry.Run == fingerprint ? entry.Outcome : null;

    /// <summary>Whether a run of that name, but with other settings, was planned here.</summary>
    public bool IsOther(string name, string fingerprint) => _entries.TryGetValue(name, out var entry) && entry.Run != fingerprint;

    /// <summary>Writes down a run, with its outcome where it has ended.</summary>
    /// <exception cref="UniVGException">The file cannot be written.</exception>
    public void Write(string name, string fingerprint, SweepOutcome? outcome)
    {
        _entries[name] = new Entry(fingerprint, outcome);
        AtomicFile.WriteText(_path, JsonSerializer.Serialize(_entries, RunJson.Indented));
    }

    // All that decides what the run does, as text.
    private sealed record Entry(string Run, SweepOutcome? Outcome);
}
