namespace UniVG.Diffusion.Checkpoints;

/// <summary>What became of a checkpoint's keys when a model was built from it. Filled while the model's layers take their weights.</summary>
public sealed class CheckpointLoadReport
{
    private const int NamesShown = 5;
    private readonly List<string> _missing = [];
    private readonly List<MisshapenWeight> _misshapen = [];
    private readonly List<string> _nonFinite = [];

    internal CheckpointLoadReport(string path, string part)
    {
        Path = path;
        Part = part;
    }

    /// <summary>The checkpoint.</summary>
    public string Path { get; }

    /// <summary>The part of it: UNet, VAE or text encoder.</summary>
    public string Part { get; }

    /// <summary>Weights that the model needs and the checkpoint lacks, by diffusers name.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Weights whose shape is not the one that the model needs.</summary>
    public IReadOnlyList<MisshapenWeight> Misshapen => _misshapen;

    /// <summary>Weights that hold NaN or infinity, by diffusers name.</summary>
    public IReadOnlyList<string> NonFinite => _nonFinite;

    /// <summary>Keys of the checkpoint's part that the model has no use for, by their name in the checkpoint.</summary>
    public IReadOnlyList<string> Unexpected { get; internal set; } = [];

    /// <summary>Whether every weight was found in its shape.</summary>
    public bool IsComplete => _missing.Count == 0 && _misshapen.Count == 0;

    /// <summary>Refuses a model whose weights are not all there; call it once the model is built.</summary>
    /// <exception cref="CheckpointException">Weights are missing or of another shape; names all counts and the first few names.</exception>
    public void ThrowIfIncomplete()
    {
        if (IsComplete) return;
        var faults = new List<string>();
        if (_missing.Count > 0) faults.Add($"{_missing.Count} weights are missing ({FirstFew(_missing)})");
        if (_misshapen.Count > 0) faults.Add($"{_misshapen.Count} have another shape ({FirstFew(_misshapen.Select(m => m.ToString()))})");
        throw new CheckpointException(
            $"'{Path}' does not fit the {Part}: {string.Join(" and ", faults)}; use a checkpoint of the Stable Diffusion 1.x family.",
            Path, _missing.Count > 0 ? _missing[0] : _misshapen[0].Name);
    }

    /// <summary>The report in one line, for a card.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        if (_missing.Count > 0) parts.Add($"{_missing.Count} missing ({FirstFew(_missing)})");
        if (_misshapen.Count > 0) parts.Add($"{_misshapen.Count} of another shape ({FirstFew(_misshapen.Select(m => m.ToString()))})");
        if (_nonFinite.Count > 0) parts.Add($"{_nonFinite.Count} with NaN or infinity ({FirstFew(_nonFinite)})");
        if (Unexpected.Count > 0) parts.Add($"{Unexpected.Count} unexpected ({FirstFew(Unexpected)})");
        return $"{Part}: {(parts.Count == 0 ? "all weights loaded" : string.Join(", ", parts))}";
    }

    internal static string FirstFew(IEnumerable<string> names)
    {
        var list = names.ToList();
        var shown = string.Join(", ", list.Take(NamesShown));
        return list.Count > NamesShown ? $"{shown}, …" : shown;
    }

    internal void AddMissing(string name) => _missing.Add(name);

    internal void AddMisshapen(MisshapenWeight weight) => _misshapen.Add(weight);

    internal void AddNonFinite(string name) => _nonFinite.Add(name);
}
