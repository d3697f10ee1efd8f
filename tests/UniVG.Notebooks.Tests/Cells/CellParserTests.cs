using UniVG.Diffusion;
using UniVG.Notebooks.Cells;

namespace UniVG.Notebooks.Tests.Cells;

public class CellParserTests
{
    [Fact]
    public void Plain_code_is_one_segment()
    {
        var segment = Assert.IsType<CSharpSegment>(Assert.Single(new CellParser().Parse("var x = 1;\nx + 1")));

        Assert.Equal(("var x = 1;\nx + 1", 0, 0), (segment.Text, segment.Offset, segment.Line));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n  \n")]
    public void A_blank_cell_has_no_segments(string cell) => Assert.Empty(new CellParser().Parse(cell));

    [Fact]
    public void Commands_and_code_alternate_in_the_order_of_the_cell()
    {
        var segments = new CellParser().Parse("var a = 1;\n  #!univg model tiny\n#!univg\nvar b = 2;\n");

        Assert.Collection(
            segments,
            s => Assert.Equal(("var a = 1;\n", 0), (Assert.IsType<CSharpSegment>(s).Text, s.Line)),
            s => Assert.Equal(("model tiny", 1), (Assert.IsType<CommandSegment>(s).Text, s.Line)),
            s => Assert.Equal(("", 2), (Assert.IsType<CommandSegment>(s).Text, s.Line)),
            s => Assert.Equal(("var b = 2;\n", 3), (Assert.IsType<CSharpSegment>(s).Text, s.Line)));
    }

    [Theory]
    [InlineData("#!univg train \\\n   --steps 5\nvar x = 1;")]
    [InlineData("#!univg train \\\r\n   --steps 5\r\nvar x = 1;")]
    public void A_backslash_continues_a_command_and_keeps_positions(string cell)
    {
        var segments = new CellParser().Parse(cell);

        var command = Assert.IsType<CommandSegment>(segments[0]);
        Assert.Equal(["train", "--steps", "5"], command.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(cell.IndexOf("--steps", StringComparison.Ordinal), command.Offset + command.Text.IndexOf("--steps", StringComparison.Ordinal));
        Assert.False(command.IsContinued);
        Assert.Equal(2, Assert.IsType<CSharpSegment>(segments[1]).Line);
    }

    [Fact]
    public void Config_alone_takes_the_lines_below_it_at_their_line_numbers()
    {
        var segments = new CellParser().Parse("#!univg model tiny\n#!univg config\nseed = 1\n#!univg train");

        Assert.Equal(["model tiny", "config", "train"], segments.Cast<CommandSegment>().Select(s => s.Text));
        Assert.Equal(["", "\n\nseed = 1\n", ""], segments.Cast<CommandSegment>().Select(s => s.Body));
    }

    [Theory]
    [InlineData("#!univg config lora\nvar x = 1;")]
    [InlineData("#!univg config --export x.toml\nvar x = 1;")]
    [InlineData("#!univg config\n#!csharp\nvar x = 1;")]
    public void Otherwise_code_below_config_is_code(string cell) => Assert.IsType<CSharpSegment>(new CellParser().Parse(cell)[^1]);

    [Fact]
    public void A_backslash_on_the_last_line_waits_for_more() =>
        Assert.True(Assert.IsType<CommandSegment>(Assert.Single(new CellParser().Parse("#!univg train \\"))).IsContinued);

    [Fact]
    public void Every_segment_lies_at_its_offset_in_the_cell()
    {
        const string Cell = "int a;\n#!univg  help train\n#!time\nint b;\n#!markdown\n# Title\n#!html\n<b>x</b>\n#!csharp\nint c;";

        foreach (var segment in new CellParser().Parse(Cell))
        {
            Assert.Equal(segment.Text, Cell.Substring(segment.Offset, segment.Text.Length));
            Assert.Equal(segment.Line, Cell[..segment.Offset].Count(c => c == '\n'));
        }
    }

    [Fact]
    public void Markup_sections_last_until_the_next_directive()
    {
        var segments = new CellParser().Parse("#!markdown\n# Title\ntext\n#!csharp\n1 + 1");

        var markup = Assert.IsType<MarkupSegment>(segments[0]);
        Assert.Equal(("text/markdown", "# Title\ntext"), (markup.MimeType, markup.Text.Trim()));
        Assert.Equal("1 + 1", Assert.IsType<CSharpSegment>(segments[1]).Text.Trim());
    }

    [Fact]
    public void Nuget_and_load_directives_are_code() =>
        Assert.IsType<CSharpSegment>(Assert.Single(new CellParser().Parse("#r \"nuget: Humanizer\"\n#load \"x.csx\"")));

    [Fact]
    public void An_unknown_directive_is_named_with_its_line()
    {
        var error = Assert.Throws<UniVGException>(() => new CellParser().Parse("var x = 1;\n#!fsharp\nlet y = 2"));

        Assert.StartsWith("Line 2 begins with #!fsharp", error.Message, StringComparison.Ordinal);
    }
}
