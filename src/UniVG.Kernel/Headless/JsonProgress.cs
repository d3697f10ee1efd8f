using System.Text.Json.Nodes;
using UniVG.Kernel.Execution;

namespace UniVG.Kernel.Headless;

/// <summary>Progress for programs: one JSON object a line, each with an <c>event</c>.</summary>
internal sealed class JsonProgress(TextWriter log, TimeProvider clock) : IRunProgress
{
    // A training shows something several times a second; a log needs less.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private int _cell;
    private long? _lastShown;

    public void NotebookStarted(string path, int cells) =>
        Write("notebook-started", new JsonObject { ["path"] = path, ["cells"] = cells });

    public void CellStarted(int number, string firstLine)
    {
        lock (_gate) (_cell, _lastShown) = (number, null);
        Write("cell-started", new JsonObject { ["cell"] = number, ["source"] = firstLine });
    }

    public void CellShows(string plainText)
    {
        lock (_gate)
        {
            if (_lastShown is { } last && clock.GetElapsedTime(last) < Pause) return;
            _lastShown = clock.GetTimestamp();
        }

        Write("cell-shows", new JsonObject { ["cell"] = _cell, ["text"] = ProgressText.FirstLine(plainText) });
    }

    public void CellEnded(TimeSpan time, CellError? error) => Write("cell-ended", new JsonObject
    {
        ["cell"] = _cell,
        ["seconds"] = Math.Round(time.TotalSeconds, 3),
        ["error"] = error is null ? null : new JsonObject { ["name"] = error.Name, ["message"] = error.Message },
    });

    public void NotebookWritten(string path, TimeSpan time) =>
        Write("notebook-written", new JsonObject { ["path"] = path, ["seconds"] = Math.Round(time.TotalSeconds, 3) });

    private void Write(string name, JsonObject details)
    {
        details.Insert(0, "event", name);
        lock (_gate)
        {
            log.WriteLine(details.ToJsonString(MimeJson.Relaxed));
            log.Flush();
        }
    }
}
