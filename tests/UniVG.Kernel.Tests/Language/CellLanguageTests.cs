using UniVG.Kernel.Language;
using UniVG.Kernel.Tests.Execution;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Tests.Language;

public sealed class CellLanguageTests : IDisposable
{
    private readonly TestNotebook _notebook = new();
    private readonly CellLanguage _language;

    public CellLanguageTests() => _language = new CellLanguage(_notebook.Session.Commands, new CSharpLanguage(_notebook.Session.Engine));

    public void Dispose() => _notebook.Dispose();

    [Theory]
    [InlineData("Math.Sqr|", "Sqrt")]
    [InlineData("univg.GetHash|", "GetHashCode")]
    [InlineData("disp|", "display")]
    [InlineData("#!univg say x\nvar local = 1;\nloc|", "local")]
    [InlineData("var first = 1;\n#!univg say x\nfir|\nvar later = 2;", "first")]
    public async Task CSharp_is_completed(string cell, string expected) => Assert.Contains(expected, await CompleteAsync(cell));

    [Fact]
    public async Task What_earlier_cells_declared_is_completed()
    {
        await _notebook.ValueAsync("using System.Text;\nvar pair = new { Left = 1 };\nList<Box> boxes = [];\nint Area(int a) => a;\nrecord Box(int Width);");
        await _notebook.ValueAsync("var again = 1;");
        await _notebook.ValueAsync("var again = \"text\";");

        Assert.Contains("Left", await CompleteAsync("pair.|"));
        Assert.Contains("Width", await CompleteAsync("boxes[0].|"));
        Assert.Contains("Area", await CompleteAsync("Ar|"));
        Assert.Contains("StringBuilder", await CompleteAsync("StringBu|"));
        Assert.Contains("Length", await CompleteAsync("again.|"));
    }

    [Fact]
    public async Task Completing_does_not_disturb_the_cells()
    {
        for (var i = 0; i < 3; i++)
        {
            await CompleteAsync("disp|");
            GC.Collect();
            await _notebook.ValueAsync("display(1);");
        }
    }

    [Fact]
    public async Task The_replaced_text_lies_where_it_is_in_the_cell()
    {
        const string Cell = "#!univg say x\nMath.Sqr";

        var sqrt = (await _language.CompleteAsync(Cell, Cell.Length)).Single(c => c.Text == "Sqrt");

        Assert.Equal("Sqr", Cell[sqrt.Start..sqrt.End]);
    }

    [Theory]
    [InlineData("#!univg s|", "say")]
    [InlineData("var x = 1;\n#!univg f|\nvar y = 2;", "fail")]
    [InlineData("#!un|", "#!univg")]
    [InlineData("var x = 1;\n#!|", "#!markdown")]
    public async Task Commands_and_directives_are_completed(string cell, string expected)
    {
        var position = cell.IndexOf('|', StringComparison.Ordinal);
        var text = cell.Remove(position, 1);

        var found = (await _language.CompleteAsync(text, position)).Single(c => c.Text == expected);

        Assert.StartsWith(text[found.Start..found.End], expected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_are_explained()
    {
        Assert.Contains("Console.WriteLine", (await DescribeAsync("Console.Write|Line"))!.PlainText, StringComparison.Ordinal);
        Assert.Equal("**say**", (await DescribeAsync("#!univg sa|y"))!.Data["text/markdown"]);
        Assert.Null(await DescribeAsync("#!markdown\n# Ti|tle"));
    }

    [Theory]
    [InlineData("Lora|Config config;", "LoraConfig", "LoRA")]
    [InlineData("new TrainingConfig { Step|s = 3 }", "int TrainingConfig.Steps", "steps")]
    [InlineData("univg.LoadMo|del(\"tiny\")", "LoadedModel UniVGSession.LoadModel(string", "model")]
    public async Task The_typed_API_is_explained_with_signature_and_documentation(string cell, string signature, string documentation)
    {
        var tip = await DescribeAsync(cell);

        var sections = tip!.PlainText.Split('\n', 2);
        Assert.Contains(signature, sections[0], StringComparison.Ordinal);
        Assert.Contains(documentation, sections[1], StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("```csharp\n", (string)tip.Data["text/markdown"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 + 1", "Complete")]
    [InlineData("#!univg help", "Complete")]
    [InlineData("int F(int a) {", "Incomplete")]
    [InlineData("#!univg train \\", "Incomplete")]
    [InlineData("#!univg say\nforeach (var x in y)", "Incomplete")]
    [InlineData("int 7q = = 3;", "Invalid")]
    [InlineData("#!unknown", "Invalid")]
    public void A_console_learns_whether_a_cell_is_complete(string cell, string expected) =>
        Assert.Equal(expected, CellLanguage.IsComplete(cell).ToString());

    private async Task<IEnumerable<string>> CompleteAsync(string cell)
    {
        var position = cell.IndexOf('|', StringComparison.Ordinal);
        return (await _language.CompleteAsync(cell.Remove(position, 1), position)).Select(c => c.Text);
    }

    private Task<MimeBundle?> DescribeAsync(string cell)
    {
        var position = cell.IndexOf('|', StringComparison.Ordinal);
        return _language.DescribeAsync(cell.Remove(position, 1), position);
    }
}
