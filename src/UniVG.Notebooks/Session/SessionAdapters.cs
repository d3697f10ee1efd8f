using System.Collections;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;

namespace UniVG.Notebooks.Session;

/// <summary>
/// The adapters that act together in a session's model: first its own, which is trained and saved, then others, which are frozen.
/// Each has its strength.
/// </summary>
public sealed class SessionAdapters : IReadOnlyList<SessionAdapter>
{
    private readonly List<SessionAdapter> _all = [];

    /// <inheritdoc/>
    public int Count => _all.Count;

    /// <summary>The adapter that is trained and saved, or null.</summary>
    public SessionAdapter? Own => _all.Find(adapter => adapter.IsOwn);

    /// <inheritdoc/>
    public SessionAdapter this[int index] => _all[index];

    /// <inheritdoc/>
    public IEnumerator<SessionAdapter> GetEnumerator() => _all.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Finds an adapter.</summary>
    /// <param name="name">Its name; null where there is only one.</param>
    /// <exception cref="UniVGException">There is none, none of that name, or several and no name is given.</exception>
    public SessionAdapter Find(string? name = null)
    {
        RequireAny();
        if (name is null)
            return Count == 1 ? _all[0] : throw new UniVGException($"Several adapters are attached; name one of {Names}.");
        return _all.Find(adapter => adapter.Name == name)
            ?? throw new UniVGException($"No adapter is called '{name}'{NearestMatch.Hint(name, _all.Select(a => a.Name))}; attached: {Names}.");
    }

    /// <summary>Multiplies the strengths of all adapters until the result is disposed: 0 shows the model without them.</summary>
    public IDisposable ScaledBy(double factor)
    {
        var usual = new UsualScales([.. _all.Select(adapter => (adapter.Network, adapter.Scale))]);
        foreach (var adapter in _all) adapter.Network.Multiplier *= factor;
        return usual;
    }

    /// <summary>Makes sure that there is an adapter.</summary>
    /// <exception cref="UniVGException">There is none; the message names the commands.</exception>
    internal void RequireAny()
    {
        if (Count == 0) throw new UniVGException("No adapter is attached; run '#!univg lora' or '#!univg loha', or '#!univg load FILE'.");
    }

    /// <summary>The adapter that was read from a file; null where there is none.</summary>
    internal SessionAdapter? Of(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        return _all.Find(adapter => adapter.Path is { } file && System.IO.Path.GetFullPath(file) == full);
    }

    /// <summary>Refuses a file that acts already.</summary>
    /// <exception cref="UniVGException">It does; the message names the commands.</exception>
    internal void RequireNew(string path, bool besideOwn)
    {
        if (Of(path) is { } present && (besideOwn || !present.IsOwn)) throw IsPresent(path, present);
    }

    /// <summary>Refuses a file that is the own adapter, which would act twice.</summary>
    /// <exception cref="UniVGException">It is; the message names the commands.</exception>
    internal void RequireNotOwn(string path)
    {
        if (Of(path) is { IsOwn: true } present) throw IsPresent(path, present);
    }

    /// <summary>Attaches an adapter in place of the own one.</summary>
    internal void ReplaceOwn(string name, AdapterNetwork network)
    {
        if (Own is { } own) Detach(own);

        // First also where others were there before: a resumed run adds them up in the same order.
        network.Attach(first: true);
        _all.Insert(0, new SessionAdapter(Free(name), network, IsOwn: true));
    }

    /// <summary>Attaches an adapter beside those that are there.</summary>
    internal SessionAdapter Add(string name, AdapterNetwork network)
    {
        network.Freeze();
        network.Attach();
        _all.Add(new SessionAdapter(Free(name), network, IsOwn: false));
        return _all[^1];
    }

    /// <summary>Takes an adapter out of the model.</summary>
    internal void Detach(SessionAdapter adapter)
    {
        _all.Remove(adapter);
        adapter.Network.Dispose();
    }

    private static UniVGException IsPresent(string path, SessionAdapter present) =>
        new($"'{path}' is attached already as '{present.Name}'; change its strength with '#!univg scale', or detach it first.");

    private string Names => string.Join(", ", _all.Select(adapter => adapter.Name));

    private string Free(string name)
    {
        var free = name;
        for (var i = 2; _all.Exists(adapter => adapter.Name == free); i++) free = $"{name}-{i}";
        return free;
    }

    private sealed class UsualScales(IReadOnlyList<(AdapterNetwork Network, double Scale)> adapters) : IDisposable
    {
        public void Dispose()
        {
            foreach (var (network, scale) in adapters) network.Multiplier = scale;
        }
    }
}
