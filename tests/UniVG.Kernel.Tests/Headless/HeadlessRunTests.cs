using System.Text.Json.Nodes;
using UniVG.Diffusion;
using UniVG.Kernel.Execution;
using UniVG.Kernel.Headless;
using UniVG.Kernel.Tests.Execution;

namespace UniVG.Kernel.Tests.Headless;

public sealed class HeadlessRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-run-").FullName;
    private readonly RecordedProgress _progress = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_executed_notebook_holds_its_outputs_and_stays_what_it_was_otherwise()
    {
        Assert.Equal(ExitCodes.Success, await RunAsync("succeed"));

        var source = JsonNode.Parse(File.ReadAllText(Fixture("succeed")))!;
        var executed = Executed("succeed");
        var ids = (JsonNode n) => n["cells"]!.AsArray().Select(c => (string?)c!["id"]);
        Assert.Equal(ids(source), ids(executed));
        Assert.Equal((4, 5), ((int)executed["nbformat"]!, (int)executed["nbformat_minor"]!));
        Assert.Equal("univg", (string?)executed["metadata"]!["kernelspec"]!["name"]);
        Assert.Equal("C#", (string?)executed["metadata"]!["language_info"]!["name"]);
        Assert.True((bool)executed["metadata"]!["custom"]!["kept"]!);
        Assert.Equal([1, null, 2], executed["cells"]!.AsArray().Where(c => (string?)c!["cell_type"] == "code").Select(c => (int?)c!["execution_count"]));

        Assert.Empty(Outputs(executed, 1));
        Assert.Collection(
            Outputs(executed, 3),
            o => Assert.Equal("*Note*", Text(o["data"]!["text/markdown"])),
            o => Assert.Equal(("stream", "stdout", "héllo\nagain\n"), ((string?)o["output_type"], (string?)o["name"], Text(o["text"]))),
            o => Assert.Equal(("stream", "stderr", "oops\n"), ((string?)o["output_type"], (string?)o["name"], Text(o["text"]))),
            o => Assert.Equal(("execute_result", 2, "42"), ((string?)o["output_type"], (int)o["execution_count"]!, Text(o["data"]!["text/plain"]))));
        Assert.Equal(["[1/2] var x = 20;", "[2/2] #!markdown"], _progress.Cells);
    }

    [Fact]
    public async Task A_failing_cell_ends_the_run_and_is_told_with_its_error()
    {
        Assert.Equal(ExitCodes.Failed, await RunAsync("fail"));

        var executed = Executed("fail");
        Assert.Collection(
            Outputs(executed, 1),
            o => Assert.Equal("before\n", Text(o["text"])),
            o =>
            {
                Assert.Equal(("error", "System.InvalidOperationException", "boom"), ((string?)o["output_type"], (string?)o["ename"], (string?)o["evalue"]));
                Assert.Contains("in cell 2, line 3", (string?)o["traceback"]![1], StringComparison.Ordinal);
            });
        Assert.Empty(Outputs(executed, 2));
        Assert.Null((int?)executed["cells"]![2]!["execution_count"]);
        Assert.Contains("cell 2 failed", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("throw new InvalidOperationException", _errors.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', _errors.ToString());
    }

    [Fact]
    public async Task A_cell_tagged_raises_exception_may_fail()
    {
        Assert.Equal(ExitCodes.Success, await RunAsync("tolerated"));

        Assert.Equal("error", (string?)Assert.Single(Outputs(Executed("tolerated"), 0))["output_type"]);
        Assert.Equal("2", Text(Assert.Single(Outputs(Executed("tolerated"), 1))["data"]!["text/plain"]));
    }

    [Fact]
    public async Task An_updated_display_is_replaced_in_the_cell_that_showed_it()
    {
        Assert.Equal(ExitCodes.Success, await RunAsync("displays"));

        var executed = Executed("displays");
        Assert.Equal(["step 3\nmore", "text\n"], Outputs(executed, 0).Select(o => Text(o["data"]?["text/plain"] ?? o["text"])));
        Assert.Equal("AQID", (string?)Outputs(executed, 1)[0]["data"]!["image/png"]);
        Assert.Equal(1, (int)Outputs(executed, 1)[1]["data"]!["application/json"]!["a"]!);
        Assert.Equal("kept\n", Text(Assert.Single(Outputs(executed, 2))["text"]));
        Assert.Contains("step 2\nmore", _progress.Shown);
        Assert.Equal(["cell-1", "cell-2", "cell-3"], executed["cells"]!.AsArray().Select(c => (string?)c!["id"]));
    }

    [Fact]
    public async Task Parameters_are_declared_again_behind_the_cell_tagged_so()
    {
        var parameters = new[] { "steps=7", "rate=1e-3", "name=a \"b\"", "fast=true" }.Select(NotebookParameters.Parse).ToList();

        Assert.Equal(ExitCodes.Success, await RunAsync("parameters", o => o with { Parameters = parameters }));

        var executed = Executed("parameters");
        Assert.Equal("injected-parameters", (string?)executed["cells"]![2]!["metadata"]!["tags"]![0]);
        Assert.Equal("8 0.002 a \"b\" False", Text(Assert.Single(Outputs(executed, 3))["data"]!["text/plain"]));
    }

    [Theory]
    [InlineData("parameters", "There is no parameter 'stesp' (did you mean 'steps'?); the parameters of 'parameters' are steps, rate, name, fast.")]
    [InlineData("succeed", "There is no parameter 'stesp': 'succeed' has no cell that is tagged 'parameters' and declares variables.")]
    public async Task An_unknown_parameter_is_refused_before_anything_runs(string notebook, string sentence)
    {
        var e = await Assert.ThrowsAsync<UniVGException>(() => RunAsync(notebook, o => o with { Parameters = [NotebookParameters.Parse("stesp=7")] }));

        Assert.Equal(sentence, e.Message);
        Assert.Empty(_progress.Cells);
        Assert.False(Directory.Exists(Path.Combine(_folder, "executed")));
    }

    [Fact]
    public void Several_notebooks_take_each_the_parameters_that_it_has()
    {
        var parameters = new[] { "steps=7", "name=x" }.Select(NotebookParameters.Parse).ToList();
        var (first, second) = (NotebookFile.Read(Fixture("parameters")), NotebookFile.Read(WriteNotebook("none", "var steps = 1;")));

        NotebookParameters.RequireKnown([first, second], parameters);
        foreach (var notebook in (Notebook[])[first, second]) NotebookParameters.Inject(notebook, parameters);

        Assert.Equal("var steps = 7;\nvar name = \"x\";", first.Cells[2].Source);
        Assert.Single(second.Cells);
    }

    [Fact]
    public async Task A_cell_that_takes_too_long_is_stopped()
    {
        var path = WriteNotebook("slow", "await Task.Delay(-1, cellToken);", "1");

        Assert.Equal(ExitCodes.Failed, await RunAsync(path, o => o with { CellTimeout = TimeSpan.FromSeconds(0.5) }));

        Assert.Equal("CellTimeout", (string?)Assert.Single(Outputs(Executed("slow"), 0))["ename"]);
    }

    [Fact]
    public async Task An_interrupted_run_is_written()
    {
        using var stop = new CancellationTokenSource();
        var path = WriteNotebook("endless", "display(\"running\");\nawait Task.Delay(-1, cellToken);", "1");
        _progress.OnShown = _ => stop.Cancel();

        Assert.Equal(ExitCodes.Interrupted, await RunUntilAsync(path, change: null, stop.Token));

        Assert.Equal(["display_data", "error"], Outputs(Executed("endless"), 0).Select(o => (string?)o["output_type"]));
    }

    [Theory]
    [InlineData("{", "is not valid JSON (line 1)")]
    [InlineData("[]", "its JSON is not an object")]
    [InlineData("{\"cells\":[]}", "it has no nbformat number")]
    [InlineData("{\"nbformat\":3,\"worksheets\":[]}", "is nbformat 3, and 4 is needed")]
    [InlineData("{\"nbformat\":4}", "it has no list of cells")]
    public async Task What_is_no_notebook_is_refused_in_one_sentence(string content, string reason)
    {
        var path = Path.Combine(_folder, "broken.ipynb");
        File.WriteAllText(path, content);

        var error = await Assert.ThrowsAsync<UniVGException>(() => RunAsync(path));

        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task A_notebook_without_code_is_written_all_the_same()
    {
        Assert.Equal(ExitCodes.Success, await RunAsync(WriteNotebook("blank", "  ")));

        Assert.Empty(Outputs(Executed("blank"), 0));
    }

    [Fact]
    public async Task A_dib_file_is_a_notebook()
    {
        var path = Path.Combine(_folder, "cells.dib");
        File.WriteAllText(path, "#!meta\n\n{\"kernelInfo\":{}}\n\n#!csharp\n\nvar x = 1;\n\n#!markdown\n\n# Title\n\n#!csharp\n\n#!univg say hello\nx + 1\n");

        Assert.Equal(ExitCodes.Success, await RunAsync(path, o => o with { Output = Path.Combine(_folder, "executed", "cells.ipynb") }));

        var executed = Executed("cells");
        Assert.Equal(["code", "markdown", "code"], executed["cells"]!.AsArray().Select(c => (string?)c!["cell_type"]));
        Assert.Equal(["hello", "2"], Outputs(executed, 2).Select(o => Text(o["data"]!["text/plain"])));
    }

    [Fact]
    public async Task A_missing_notebook_is_named() =>
        Assert.Contains("absent.ipynb", (await Assert.ThrowsAsync<UniVGException>(() => RunAsync(Path.Combine(_folder, "absent.ipynb")))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_output_that_cannot_be_written_is_found_before_anything_runs()
    {
        var failure = await Assert.ThrowsAsync<UniVGException>(() => RunAsync("succeed", o => o with { Output = _folder }));

        Assert.EndsWith("it is a folder.", failure.Message, StringComparison.Ordinal);
        Assert.Empty(_progress.Cells);
    }

    private Task<int> RunAsync(string notebook, Func<RunOptions, RunOptions>? change = null) =>
        RunUntilAsync(notebook, change, CancellationToken.None);

    private Task<int> RunUntilAsync(string notebook, Func<RunOptions, RunOptions>? change, CancellationToken stop)
    {
        var path = Path.HasExtension(notebook) ? notebook : Fixture(notebook);
        var options = new RunOptions([path]) { Output = Path.Combine(_folder, "executed", Path.GetFileName(path)) };
        ConsoleCapture.Install();
        var run = new HeadlessRun(() => new TestNotebook().Session, _progress, _errors);
        return run.RunAsync(change?.Invoke(options) ?? options, stop);
    }

    private string WriteNotebook(string name, params string[] cells)
    {
        var path = Path.Combine(_folder, $"{name}.ipynb");
        File.WriteAllText(path, new JsonObject
        {
            ["cells"] = new JsonArray([.. cells.Select(c => NotebookCell.Code(c).Json)]),
            ["metadata"] = new JsonObject(),
            ["nbformat"] = 4,
            ["nbformat_minor"] = 5,
        }.ToJsonString());
        return path;
    }

    private JsonNode Executed(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "executed", $"{name}.ipynb")))!;

    private static string Fixture(string name) => Path.Combine(AppContext.BaseDirectory, "Notebooks", $"{name}.ipynb");

    private static List<JsonNode> Outputs(JsonNode notebook, int cell) => [.. notebook["cells"]![cell]!["outputs"]!.AsArray().Select(o => o!)];

    private static string Text(JsonNode? lines) => string.Concat(lines!.AsArray().Select(l => (string?)l));
}
