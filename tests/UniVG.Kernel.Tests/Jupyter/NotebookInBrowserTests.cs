using System.Globalization;
using System.Text.Json.Nodes;
using UniVG.Kernel.Headless;
using UniVG.TestSupport.Browser;

namespace UniVG.Kernel.Tests.Jupyter;

/// <summary>Jupyter Notebook in a browser, as a user drives it.</summary>
public sealed class NotebookInBrowserTests(JupyterInstallation jupyter) : IClassFixture<JupyterInstallation>, IDisposable
{
    private const int Patience = 100;
    private const string Curve = "document.querySelectorAll('.code_cell')[1]?.querySelector('.js-plotly-plot')";
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-notebook-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_notebook_is_run_interrupted_continued_saved_and_opened_again()
    {
        ChromiumPage.SkipIfAbsent();
        WriteNotebook(
            $"#!univg model tiny\n#!univg data \"{Repository.SampleDataset}\"\n#!univg lora --dim 2",
            "#!univg train --steps 5000 --sample-every 5",
            "#!univg step 3",
            "univg.Run.Step");
        await using var server = await jupyter.StartNotebookAsync(_folder);
        var address = new Uri(server.Address, "notebooks/live.ipynb");
        await using var page = await ChromiumPage.VisitAsync(address);
        await page.WaitForAsync("window.Jupyter && Jupyter.notebook && Jupyter.notebook.kernel && Jupyter.notebook.kernel.is_connected()", Patience);

        // Run all, and watch the curve move.
        await page.EvaluateAsync("Jupyter.notebook.execute_all_cells()");
        await page.WaitForAsync($"{Curve} && {Curve}.querySelector('.scatterlayer .trace') && {Curve}.data[0].x.length > 1", Patience);
        var first = await PointsAsync(page);
        await page.WaitForAsync($"{Curve}.data[0].x.length >= {first} + 5 && {CellSelector(1)}.querySelectorAll('img').length > 0", Patience);

        // Interrupt: the training cell ends, those behind it do not run.
        await page.EvaluateAsync("Jupyter.notebook.kernel.interrupt()");
        await WaitForCellAsync(page, 1);
        await WaitForCellAsync(page, 3);
        Assert.Contains("interrupted", await TextAsync(page, 1), StringComparison.OrdinalIgnoreCase);
        Assert.Equal("", (await TextAsync(page, 3)).Trim());

        // Continue where it stopped.
        await RunAsync(page, 3);
        var interrupted = await NumberAsync(page, 3);
        await RunAsync(page, 2);
        await RunAsync(page, 3);
        Assert.Equal(interrupted + 3, await NumberAsync(page, 3));

        // Completion in the editor.
        await page.EvaluateAsync("{ const cell = Jupyter.notebook.insert_cell_at_bottom('code'); cell.set_text('#!univg train --sched'); cell.focus_editor(); cell.code_mirror.setCursor(0, 21); cell.completer.startCompletion(); }");
        await page.WaitForAsync("Jupyter.notebook.get_cell(4).get_text() === '#!univg train --scheduler'", Patience);

        // Save, and open the file in another page: the last state of curve and pictures is there without a kernel's help.
        var points = await PointsAsync(page);
        await page.EvaluateAsync("Jupyter.notebook.save_notebook()");
        await using var reopened = await ChromiumPage.VisitAsync(address);
        await reopened.WaitForAsync($"window.Jupyter && Jupyter.notebook && {Curve} && {Curve}.data[0].x.length === {points}", Patience);
        Assert.True(await reopened.EvaluateAsync<bool>($"[...{CellSelector(1)}.querySelectorAll('img')].every(image => image.naturalWidth > 0)"));
        Assert.DoesNotContain(page.Errors.Concat(reopened.Errors), error => error.Contains("Plotly", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(page.Requests.Concat(reopened.Requests));
    }

    private static string CellSelector(int index) => $"document.querySelectorAll('.code_cell')[{index}]";

    private static Task<int> PointsAsync(ChromiumPage page) => page.EvaluateAsync<int>($"{Curve}.data[0].x.length");

    private static Task<string> TextAsync(ChromiumPage page, int cell) =>
        page.EvaluateAsync<string>($"Jupyter.notebook.get_cell({cell}).element.find('.output_subarea').text()");

    private static async Task<int> NumberAsync(ChromiumPage page, int cell) => int.Parse(await TextAsync(page, cell), CultureInfo.InvariantCulture);

    private static async Task RunAsync(ChromiumPage page, int cell)
    {
        await page.EvaluateAsync($"Jupyter.notebook.get_cell({cell}).execute()");
        await WaitForCellAsync(page, cell);
    }

    private static Task WaitForCellAsync(ChromiumPage page, int cell) =>
        page.WaitForAsync($"!Jupyter.notebook.get_cell({cell}).element.hasClass('running')", Patience);

    private void WriteNotebook(params string[] cells) => File.WriteAllText(Path.Combine(_folder, "live.ipynb"), new JsonObject
    {
        ["cells"] = new JsonArray([.. cells.Select(cell => NotebookCell.Code(cell).Json)]),
        ["metadata"] = new JsonObject
        {
            ["kernelspec"] = new JsonObject { ["name"] = "univg-message", ["display_name"] = "C# (UniVG)", ["language"] = "C#" },
        },
        ["nbformat"] = 4,

        // Cells without ids: a server would make new ones at each reading, and no longer recognise the notebook that it signed.
        ["nbformat_minor"] = 4,
    }.ToJsonString());
}
