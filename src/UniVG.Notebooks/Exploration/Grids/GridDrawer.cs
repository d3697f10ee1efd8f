using System.Globalization;
using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Displays.Exploration;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Training;

namespace UniVG.Notebooks.Exploration.Grids;

/// <summary>Draws grids of samples, see <see cref="SessionExploration.SampleGridAsync"/>.</summary>
/// <param name="session">The session, whose model draws.</param>
/// <param name="onProgress">Told what is being done.</param>
/// <param name="cancellation">Looked at between the steps of the sampler.</param>
internal sealed class GridDrawer(UniVGSession session, Action<string>? onProgress, CancellationToken cancellation)
{
    private const int MostCells = 400;
    private const string FolderName = "sample";

    /// <summary>Draws a grid and writes it beside the run's files.</summary>
    public async Task<SampleGrid> DrawAsync(ImageRequest request, GridAxis x, GridAxis? y, double scale, string? runName, string? output)
    {
        session.RequireModel();
        session.RequireIdle();
        x.Validate();
        y?.Validate();
        if (x.Name == y?.Name) throw new UniVGException($"Both axes are '{x.Name}'; give the rows another one.");
        var needsRun = runName is not null || x.Name == GridAxis.Step || y?.Name == GridAxis.Step;
        if (runName is not null && x.Name != GridAxis.Step && y?.Name != GridAxis.Step) throw new UniVGException($"The run '{runName}' gives the adapters of an axis of steps; add --x step, or leave --run out.");
        if (!needsRun && (x.Name == GridAxis.Scale || y?.Name == GridAxis.Scale)) session.Adapters.RequireAny();
        var run = needsRun ? FindRun(runName) : null;
        var adapters = run is null ? [] : Adapters(run);
        (x, y) = (Expand(x, run, adapters), y is null ? null : Expand(y, run, adapters));
        if (x.Values.Count * (y?.Values.Count ?? 1) is > MostCells and var count) throw new UniVGException($"The grid has {count} pictures; at most {MostCells} are drawn.");

        var start = new GridCell(request with { Count = 1 }, scale, Step: null);
        GridCell[] cells = [.. (y is null ? [start] : y.Values.Select(value => start.With(y, value))).SelectMany(_ => x.Values, (row, value) => row.With(x, value))];
        foreach (var cell in cells) cell.Request.Validate();
        var images = new RgbImage[cells.Length];
        var done = 0;

        // Each adapter is read once.
        foreach (var alike in cells.Select((cell, i) => (Cell: cell, Index: i)).GroupBy(one => (one.Cell.Step, one.Cell.Scale)))
        {
            using var acting = Act(alike.Key.Step, alike.Key.Scale, adapters);
            foreach (var (cell, index) in alike)
            {
                onProgress?.Invoke($"drawing picture {++done}/{cells.Length}");
                images[index] = (await ImageDrawing.DrawAsync(session.RequireModel().Pipeline, cell.Request, onStep: null, cancellation).ConfigureAwait(false))[0];
            }
        }

        return Save(new SampleGrid(request, run?.Name, x, y, images), run?.Files ?? session.Keeper?.Files, output);
    }

    private RunRecord FindRun(string? name)
    {
        var catalog = RunCatalog.Of(session);
        if (name is not null) return catalog.FindOne(name);
        if (session.Run is { } present && catalog.OfSession().LastOrDefault(run => run.Run == present) is { } own) return own;
        if (session.Adapters.Own?.Path is { } path && File.Exists(RunFiles.Of(path).HistoryTable)) return catalog.FindOne(path);
        throw new UniVGException("There is no run whose steps could be drawn; train one with --save-every N, or name one with --run; '#!univg runs' lists the names.");
    }

    // Of the present run also the adapter as it is now, which may not be saved.
    private List<(int Step, string? Path)> Adapters(RunRecord run)
    {
        List<(int Step, string? Path)> adapters = [.. run.Checkpoints.Select(checkpoint => (checkpoint.Step, (string?)checkpoint.Path))];
        if (run.Run is { Step: > 0 } own && own == session.Run && adapters.TrueForAll(adapter => adapter.Step != own.Step)) adapters.Add((own.Step, null));
        return adapters.Count > 0 ? adapters : throw new UniVGException($"The run {run.Name} has saved no adapter; train with --save-every N to keep some on the way.");
    }

    private static GridAxis Expand(GridAxis axis, RunRecord? run, List<(int Step, string? Path)> adapters)
    {
        if (axis.Name != GridAxis.Step) return axis;
        var steps = axis.Values.SelectMany(value => value == GridAxis.All ? adapters.Select(adapter => Text(adapter.Step)) : [value]).Distinct().ToList();
        if (steps.Find(step => step != "0" && adapters.TrueForAll(adapter => Text(adapter.Step) != step)) is { } missing)
            throw new UniVGException($"The run {run!.Name} has no adapter of step {missing}; there are {string.Join(", ", adapters.Select(adapter => adapter.Step).Take(20))} ('train --save-every N' saves them).");
        return axis with { Values = steps };
    }

    private IDisposable Act(int? step, double scale, List<(int Step, string? Path)> adapters)
    {
        if (step is null) return session.Adapters.ScaledBy(scale);
        if (step == 0) return SoloAdapter.None(session);
        return adapters.Find(adapter => adapter.Step == step).Path is { } path ? SoloAdapter.OfFile(session, path, scale) : SoloAdapter.Own(session, scale);
    }

    // As samples: in the folder that kohya's trainer uses, below the first number that is free.
    private SampleGrid Save(SampleGrid grid, RunFiles? files, string? output)
    {
        var folder = Path.Combine(Path.GetFullPath(output ?? (files is { Folder.Length: > 0 } ? files.Folder : AdapterOutput.DefaultFolder)), FolderName);
        var name = files?.Name ?? session.RequireModel().Name;
        try
        {
            Directory.CreateDirectory(folder);
            var path = Enumerable.Range(1, int.MaxValue)
                .Select(number => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-grid-{number:D5}.png"))).First(path => !File.Exists(path));
            var bytes = SampleGridView.Picture(grid, session.RequireModel().Name);
            AtomicFile.Replace(path, stream => stream.Write(bytes), durable: false);
            return grid with { File = path };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return grid with { Fault = $"The grid could not be written to '{folder}' ({e.Message.TrimEnd('.')}); it is only in this notebook." };
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
