using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using UniVG.Kernel.Jupyter.Protocol;

namespace UniVG.Kernel.Jupyter;

/// <summary>The cells that were run with <c>store_history</c>, for as long as the kernel lives.</summary>
internal sealed class History
{
    private readonly Lock _gate = new();
    private readonly List<Entry> _entries = [];

    public void Add(int number, string code, string output)
    {
        lock (_gate) _entries.Add(new Entry(number, code, output));
    }

    /// <summary>Answers a history request: the last ones, a range of numbers, or those that match a glob pattern.</summary>
    public HistoryReply Find(HistoryRequest request)
    {
        lock (_gate) return new HistoryReply([.. Select(request).Select(e => ToJson(e, request.Output))]);
    }

    private IEnumerable<Entry> Select(HistoryRequest request)
    {
        var count = request.N ?? int.MaxValue;
        switch (request.HistAccessType)
        {
            case "range":
                return _entries.Where(e => e.Number >= (request.Start ?? 0) && e.Number < (request.Stop ?? int.MaxValue));
            case "search":
                var pattern = GlobToRegex(request.Pattern ?? "*");
                var found = _entries.Where(e => pattern.IsMatch(e.Code));
                return (request.Unique ? found.GroupBy(e => e.Code).Select(same => same.Last()) : found).TakeLast(count);
            default:
                return _entries.TakeLast(count);
        }
    }

    private static Regex GlobToRegex(string glob)
    {
        var pattern = Regex.Escape(glob).Replace(@"\*", ".*", StringComparison.Ordinal).Replace(@"\?", ".", StringComparison.Ordinal);
        return new Regex($"^{pattern}$", RegexOptions.Singleline, TimeSpan.FromSeconds(1));
    }

    // This kernel remembers one session, its own; clients count sessions from 1.
    private static JsonArray ToJson(Entry entry, bool withOutput) => withOutput
        ? new JsonArray(1, entry.Number, new JsonArray(entry.Code, entry.Output))
        : new JsonArray(1, entry.Number, entry.Code);

    private sealed record Entry(int Number, string Code, string Output);
}
