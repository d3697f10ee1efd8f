using System.Text.Json.Nodes;
using UniVG.Diffusion.Runtime;
using UniVG.Kernel.Tests.Execution;

namespace UniVG.Kernel.Tests.Packages;

public sealed class NotebookPackagesTests : IDisposable
{
    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Fact]
    public async Task A_cell_uses_a_package_that_it_asks_for()
    {
        // A package of this solution's own tests: it is in the package cache wherever they run.
        var result = await _notebook.RunAsync("#r \"nuget: xunit.v3.assert, 4.0.2\"\nXunit.Assert.Equal(1, 1);\ntypeof(Xunit.Assert).Assembly.GetName().Name", TestContext.Current.CancellationToken);

        Assert.True(result.Error is null, string.Join('\n', result.Error?.Traceback ?? []));
        Assert.Equal("xunit.v3.assert", result.Value?.PlainText);
        Assert.Contains("Loaded xunit.v3.assert 4.0.2", Assert.Single(_notebook.Output.Shown).Value.PlainText, StringComparison.Ordinal);
        Assert.Equal("True", await _notebook.ValueAsync("Xunit.Assert.IsType<bool>(true)"));
    }

    [Fact]
    public async Task Packages_that_were_cleared_away_are_restored_again()
    {
        const string Cell = "#r \"nuget: xunit.v3.assert, 4.0.2\"\ntypeof(Xunit.Assert).Assembly.GetName().Name";
        Assert.Equal("xunit.v3.assert", await _notebook.ValueAsync(Cell));
        foreach (var project in Directory.EnumerateFiles(Path.Combine(UniVGFolders.Cache, "packages"), "cell.csproj", SearchOption.AllDirectories))
        {
            var assets = Path.Combine(Path.GetDirectoryName(project)!, "obj", "project.assets.json");
            if (!File.ReadAllText(project).Contains("xunit.v3.assert\" Version=\"4.0.2", StringComparison.Ordinal)) continue;
            var json = JsonNode.Parse(await File.ReadAllTextAsync(assets, TestContext.Current.CancellationToken))!;
            json["packageFolders"] = new JsonObject { ["/no/such/folder/"] = new JsonObject() };
            await File.WriteAllTextAsync(assets, json.ToJsonString(), TestContext.Current.CancellationToken);
        }

        using var another = new TestNotebook();
        Assert.Equal("xunit.v3.assert", await another.ValueAsync(Cell));
    }

    [Fact]
    public async Task Our_own_package_is_already_there() =>
        Assert.Equal("1", await _notebook.ValueAsync("#r \"nuget: UniVG.Notebooks, 9.9.9\"\n1"));

    [Fact]
    public async Task A_version_that_does_not_exist_is_one_sentence()
    {
        var error = await _notebook.ErrorAsync("#r \"nuget: xunit.v3.assert, 99999.0.0\"\n1");

        Assert.Equal("UniVG", error.Name);
        Assert.Equal("1", await _notebook.ValueAsync("1"));
    }
}
