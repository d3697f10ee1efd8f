namespace UniVG.Diffusion.Checkpoints;

/// <summary>
/// Pairs of module paths in the LDM layout (CompVis' checkpoints) and in the diffusers layout. A key is translated by its longest
/// known module path; what follows it (<c>.weight</c>, <c>.bias</c>, deeper modules) stays.
/// </summary>
public sealed class KeyMap
{
    private readonly Dictionary<string, string> _toDiffusers = [];
    private readonly Dictionary<string, string> _toLdm = [];

    /// <summary>The diffusers key of an LDM key; null for a key of another component or layout.</summary>
    public string? ToDiffusers(string key) => Translate(key, _toDiffusers);

    /// <summary>The LDM key of a diffusers key; null for a key of another component or layout.</summary>
    public string? ToLdm(string key) => Translate(key, _toLdm);

    internal void Add(string ldm, string diffusers)
    {
        _toDiffusers.Add(ldm, diffusers);
        _toLdm.Add(diffusers, ldm);
    }

    /// <summary>Another LDM spelling that is understood but never written.</summary>
    internal void AddAlias(string ldm, string diffusers) => _toDiffusers.TryAdd(ldm, diffusers);

    private static string? Translate(string key, Dictionary<string, string> modules)
    {
        ArgumentNullException.ThrowIfNull(key);
        for (var end = key.LastIndexOf('.'); end > 0; end = key.LastIndexOf('.', end - 1))
        {
            if (modules.TryGetValue(key[..end], out var module)) return string.Concat(module, key.AsSpan(end));
        }

        return null;
    }
}
