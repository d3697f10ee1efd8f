using System.Text.Json.Nodes;

namespace UniVG.Kernel.Tests.Jupyter;

public sealed class JupyterClientTests(JupyterInstallation jupyter) : IClassFixture<JupyterInstallation>, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-client-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("univg-message")]
    [InlineData("univg-signal")]
    public async Task The_kernel_passes_Jupyters_own_tests(string kernel)
    {
        var (exitCode, text) = await jupyter.PythonAsync("jupyter_kernel_test", _folder, Script("conformance.py"), kernel, "-v");

        Assert.True(exitCode == 0, text);
        Assert.All(
            text.Split('\n').Where(line => line.Contains("... skipped", StringComparison.Ordinal)),
            line => Assert.StartsWith("test_pager ", line, StringComparison.Ordinal)); // This kernel has no pager.
    }

    [Theory]
    [InlineData("univg-message")]
    [InlineData("univg-signal")]
    public async Task The_kernel_behaves_as_clients_expect(string kernel)
    {
        var (exitCode, text) = await jupyter.PythonAsync("jupyter_client", _folder, Script("behaviour.py"), kernel, Repository.SampleDataset, "-v");

        Assert.True(exitCode == 0, text);
    }

    [Fact]
    public async Task Nbconvert_executes_a_notebook()
    {
        var notebook = Path.Combine(AppContext.BaseDirectory, "Notebooks", "succeed.ipynb");

        var (exitCode, text) = await jupyter.PythonAsync(
            "nbconvert",
            _folder,
            ["-m", "nbconvert", "--to", "notebook", "--execute", "--ExecutePreprocessor.kernel_name=univg-message", "--output-dir", _folder, notebook]);

        Assert.True(exitCode == 0, text);
        var executed = JsonNode.Parse(File.ReadAllText(Path.Combine(_folder, "succeed.ipynb")))!;
        var outputs = executed["cells"]![3]!["outputs"]!.AsArray();
        Assert.Equal(
            ["display_data", "stream", "stream", "execute_result"], outputs.Select(o => (string?)o!["output_type"]));
        Assert.Equal("42", (string?)outputs[3]!["data"]!["text/plain"]![0]);
    }

    [Fact]
    public async Task Jupyters_schema_accepts_what_the_runner_writes()
    {
        var (exitCode, text) = await CommandLine.UniVGProgram.RunAsync(_folder, "run", Path.Combine(AppContext.BaseDirectory, "Notebooks", "displays.ipynb"))
            is (0, _, _)
            ? await jupyter.PythonAsync(
                "nbformat", _folder, "-c", "import nbformat; nbformat.validate(nbformat.read('output/displays.ipynb', as_version=4))")
            : (1, "univg run failed");

        Assert.Equal((0, ""), (exitCode, text.Trim()));
    }

    private static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Jupyter", name);
}
