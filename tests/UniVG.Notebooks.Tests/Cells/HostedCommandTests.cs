using UniVG.Notebooks.Cells;

namespace UniVG.Notebooks.Tests.Cells;

public class HostedCommandTests
{
    [Fact]
    public void A_command_of_one_line_leaves_the_cell_to_the_host()
    {
        const string Cell = "#!univg model tiny\nvar x = 1; // #!univg nothing\n#!univg sample \"a b\" --count 2 \n";

        Assert.Equal(new HostedCommand("model tiny", "", Rest: null), HostedCommand.Read(Cell, 0));
        Assert.Equal(new HostedCommand("sample \"a b\" --count 2", "", Rest: null), HostedCommand.Read(Cell, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => HostedCommand.Read(Cell, 2));
    }

    [Fact]
    public void Indented_directives_are_none_for_the_host_and_are_not_counted()
    {
        Assert.Equal("doctor", HostedCommand.Read("  #!univg model tiny\n#!univg doctor", 0).Text);
        Assert.Equal("doctor", HostedCommand.Read("#!univgx\n#!univg doctor", 0).Text);
    }

    [Fact]
    public void A_continued_command_takes_the_lines_that_it_goes_on_in()
    {
        var command = HostedCommand.Read("#!univg train \\\n  --steps 3\nvar x = 1;\n#!univg save", 0);

        Assert.Equal(["train", "--steps", "3"], command.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("var x = 1;\n#!univg save", command.Rest);
    }

    [Fact]
    public void Configuration_in_the_cell_ends_at_the_next_directive_and_keeps_its_line_numbers()
    {
        var command = HostedCommand.Read("#!univg model tiny\n#!univg config\nnetwork_dim = 4\n\n#!univg lora\n", 1);

        Assert.Equal("config", command.Text);
        Assert.Equal("\n\nnetwork_dim = 4\n\n", command.Body);
        Assert.Equal("#!univg lora\n", command.Rest);
    }
}
