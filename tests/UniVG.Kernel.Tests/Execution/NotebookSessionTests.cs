using UniVG.Kernel.Language;
using UniVG.Notebooks.Cells;

namespace UniVG.Kernel.Tests.Execution;

public sealed class NotebookSessionTests : IDisposable
{
    private readonly TestNotebook _notebook = new();

    public void Dispose() => _notebook.Dispose();

    [Fact]
    public async Task Variables_methods_types_and_usings_live_on_in_later_cells()
    {
        await _notebook.ValueAsync("using System.Text;\nvar x = 40;\nint Twice(int n) => 2 * n;\nrecord Point(int X, int Y);");

        Assert.Equal("42 Point { X = 1, Y = 2 } a", await _notebook.ValueAsync(
            "$\"{x + Twice(1)} {new Point(1, 2)} {new StringBuilder(\"a\")}\""));
    }

    [Fact]
    public async Task Await_works_at_the_top_level()
    {
        Assert.Equal("3", await _notebook.ValueAsync("await Task.Delay(1);\nvar y = await Task.FromResult(3);\ny"));
        Assert.Equal("3", await _notebook.ValueAsync("y"));
    }

    [Fact]
    public async Task A_name_can_be_declared_again() =>
        Assert.Equal("b", await ValueOfLast("var v = 1;", "var v = \"b\";", "v"));

    [Fact]
    public async Task A_failing_cell_keeps_what_it_had_set_before()
    {
        await _notebook.ErrorAsync("var kept = 7;\nthrow new InvalidOperationException(\"no\");");

        Assert.Equal("7", await _notebook.ValueAsync("kept"));
    }

    [Fact]
    public async Task The_univg_variable_is_typed() =>
        Assert.Equal("True", await _notebook.ValueAsync("UniVGSession same = univg;\nsame == univg"));

    [Theory]
    [InlineData("Chart()")]
    [InlineData("display(Chart());")]
    public async Task The_first_chart_of_a_notebook_brings_plotly(string code)
    {
        const string Needed = "are drawn by plotly.js";
        await _notebook.ValueAsync("var plain = HTML(\"<b>no chart</b>\"); plain");
        Assert.Empty(_notebook.Output.Shown);
        await _notebook.ValueAsync("MimeBundle Chart() => UniVG.Notebooks.Displays.Charts.LossChart.Create([new StepReport(1, 2, 1, 0.5, 1e-4, 1e-4, 0.1)]);");

        await _notebook.ValueAsync(code);
        Assert.Contains(Needed, _notebook.Output.Shown.GetAt(0).Value.PlainText, StringComparison.Ordinal);

        await _notebook.ValueAsync(code);
        Assert.DoesNotContain(_notebook.Output.Shown, shown => shown.Value.PlainText.Contains(Needed, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_statement_has_no_value() => Assert.Null(await _notebook.ValueAsync("var z = 1;"));

    [Fact]
    public async Task Commands_and_code_run_in_the_order_of_the_cell()
    {
        Assert.Equal("5", await _notebook.ValueAsync("var n = 5;\nn + 1\n#!univg say hello\n#!univg\n#!markdown\n# Title\n#!csharp\nn"));

        Assert.Equal(["say hello", ""], _notebook.Commands.Lines);
        Assert.Equal(["6", "hello", "# Title"], _notebook.Output.Shown.Values.Select(b => b.PlainText));
        Assert.Equal("# Title", _notebook.Output.Shown.GetAt(2).Value.Data["text/markdown"]);
    }

    [Theory]
    [InlineData("var s = \"\"\"\n#!univg say hidden\n\"\"\";\n#!univg say x\ns.Trim()", "#!univg say hidden")]
    [InlineData("var s = @\"a\n#!univg say hidden\nb\";\n#!univg say x\ns[2..20]", "#!univg say hidden")]
    [InlineData("var n = 1; var s = $@\"\n#!univg say {n}{\"\"}\n\";\n#!univg say x\ns.Trim()", "#!univg say 1")]
    [InlineData("var n = 1; var s = $$\"\"\"\n#!univg say {{n}}\n\"\"\";\n#!univg say x\ns.Trim()", "#!univg say 1")]
    [InlineData("/* about\n#!univg say hidden\n*/\n#!univg say x\n5", "5")]
    public async Task Strings_and_comments_hold_no_commands(string cell, string value)
    {
        Assert.Equal(value, await _notebook.ValueAsync(cell));
        Assert.Equal(["say x"], _notebook.Commands.Lines);
    }

    [Theory]
    [InlineData("var s = \"\"\"\n#!univg say x\n")]
    [InlineData("/* never closed\n#!univg say x\n")]
    [InlineData("var s = \"closed\";\n#!univg say x\nvar t = \"closed\";")]
    [InlineData("// a comment\n#!univg say x\n")]
    [InlineData("#!markdown\n/*\n#!univg say x\n*/")]
    public void Elsewhere_commands_are_commands(string cell) =>
        Assert.Contains("say x", CellLanguage.Cells.Parse(cell).OfType<CommandSegment>().Select(segment => segment.Text));

    [Fact]
    public async Task A_failing_command_says_one_sentence_and_stops_the_cell()
    {
        var error = await _notebook.ErrorAsync("#!univg fail\nConsole.WriteLine(\"after\");");

        Assert.Equal(("UniVG", "The command failed."), (error.Name, error.Message));
        Assert.Single(error.Traceback);
        Assert.Equal("", _notebook.Output.Text);
    }

    [Fact]
    public async Task A_mistake_found_by_the_library_has_no_stack_trace_in_code_either()
    {
        var error = await _notebook.ErrorAsync("throw new UniVGException(\"Give it a folder.\");");

        Assert.Equal(("UniVG", "Give it a folder."), (error.Name, error.Message));
        Assert.Single(error.Traceback);
    }

    [Fact]
    public async Task A_compilation_error_names_the_line_of_the_cell()
    {
        var error = await _notebook.ErrorAsync("#!univg say x\nvar a = 1;\nvar b = unknown + a;");

        Assert.Equal("CompilationError", error.Name);
        Assert.StartsWith("line 3, column 9: CS0103", error.Message, StringComparison.Ordinal);
        Assert.Contains("    var b = unknown + a;", error.Traceback);
        Assert.Contains("            ^^^^^^^", error.Traceback);
    }

    [Fact]
    public async Task An_exception_names_the_lines_of_its_cells()
    {
        await _notebook.ValueAsync("int Divide(int a, int b)\n{\n    return a / b;\n}");

        var error = await _notebook.ErrorAsync("#!univg say x\n\nvar zero = 0;\nDivide(1, zero)");

        Assert.Equal("System.DivideByZeroException", error.Name);
        Assert.Collection(
            error.Traceback.Skip(1),
            frame => Assert.Equal("   at Divide(Int32 a, Int32 b) in cell 1, line 3", frame),
            frame => Assert.Equal("   at top level in cell 2, line 4", frame));
    }

    [Fact]
    public async Task Text_goes_to_the_cell_that_writes_it()
    {
        await _notebook.ValueAsync(
            "Console.Write(\"a\");\nConsole.WriteLine(1);\nConsole.Error.WriteLine(\"oops\");\nawait Task.Run(() => Console.Write(\"b\"));");

        Assert.Equal($"a1{Environment.NewLine}b", _notebook.Output.Text);
        Assert.Equal($"oops{Environment.NewLine}", _notebook.Output.Errors);
    }

    [Fact]
    public async Task A_task_left_behind_prints_below_its_own_cell()
    {
        await _notebook.ValueAsync("var go = new TaskCompletionSource();\nvar late = Task.Run(async () => { await go.Task; Console.Write(\"late\"); });");
        var first = _notebook.Output;

        await _notebook.ValueAsync("Console.Write(\"second\");\ngo.SetResult();\nawait late;");

        Assert.Equal(("late", "second"), (first.Text, _notebook.Output.Text));
    }

    [Fact]
    public async Task Displays_can_be_updated_and_carry_their_mime_type()
    {
        await _notebook.ValueAsync(
            "var shown = display(\"<b>1</b>\", \"text/html\");\nvar other = new[] { 1, 2 }.Display();\nother.Update(3);\nHTML(\"<i>\").Display();");

        Assert.Equal(["<b>1</b>", "3", "<i>"], _notebook.Output.Shown.Values.Select(b => b.PlainText));
        Assert.Equal("<b>1</b>", _notebook.Output.Shown.GetAt(0).Value.Data["text/html"]);
        Assert.Equal("<i>", _notebook.Output.Shown.GetAt(2).Value.Data["text/html"]);
    }

    [Fact]
    public async Task What_display_returns_is_no_value_of_the_cell()
    {
        Assert.Null(await _notebook.ValueAsync("display(3)"));
        Assert.Equal("3", Assert.Single(_notebook.Output.Shown.Values).PlainText);
    }

    [Fact]
    public async Task Sequences_read_as_lists() => Assert.Equal("[ 1, 2, 3 ]", await _notebook.ValueAsync("Enumerable.Range(1, 3)"));

    [Fact]
    public async Task A_timed_cell_shows_its_wall_time()
    {
        await _notebook.ValueAsync("#!time\nvar t = 1;");

        Assert.StartsWith("Wall time: ", Assert.Single(_notebook.Output.Shown).Value.PlainText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asking_where_nobody_answers_is_refused() =>
        Assert.Equal("UniVG", (await _notebook.ErrorAsync("Console.ReadLine()")).Name);

    [Fact]
    public async Task Scripts_can_be_loaded()
    {
        var path = Path.GetTempFileName();
        File.WriteAllText(path, "int FromFile() => 11;");

        Assert.Equal("11", await ValueOfLast($"#load \"{path}\"", "FromFile()"));
        File.Delete(path);
    }

    [Fact]
    public async Task Torch_is_loaded_when_a_cell_touches_it()
    {
        _notebook.Session.Engine.Starting += TorchOnDemand.LoadFor;

        Assert.Equal("3", await _notebook.ValueAsync("TorchSharp.torch.ones(3).sum().item<float>()"));
        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "cpu")), "TorchSharp copied its natives");
    }

    private async Task<string?> ValueOfLast(params string[] cells)
    {
        foreach (var cell in cells[..^1]) await _notebook.ValueAsync(cell);
        return await _notebook.ValueAsync(cells[^1]);
    }
}
