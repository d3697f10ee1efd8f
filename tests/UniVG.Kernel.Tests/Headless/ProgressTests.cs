using UniVG.Kernel.Execution;
using UniVG.Kernel.Headless;

namespace UniVG.Kernel.Tests.Headless;

public class ProgressTests
{
    private readonly ManualClock _clock = new();
    private readonly StringWriter _text = new() { NewLine = "\n" };

    [Fact]
    public void A_log_gets_a_line_per_cell_and_few_while_it_runs()
    {
        var progress = new LogProgress(_text, _clock);
        progress.NotebookStarted("a.ipynb", 12);
        progress.CellStarted(3, "#!univg train");
        for (var i = 0; i < 60; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(0.1));
            progress.CellShows($"step {i}\ndetails");
        }

        progress.CellEnded(TimeSpan.FromSeconds(12.34), error: null);

        Assert.Equal("a.ipynb: 12 cells\n[ 3/12] … step 49\n[ 3/12]   12.3 s  #!univg train\n", _text.ToString());
    }

    [Fact]
    public void A_terminal_line_is_rewritten_at_most_four_times_a_second()
    {
        var progress = new TerminalProgress(_text, () => 200, _clock);
        progress.NotebookStarted("a.ipynb", 2);
        progress.CellStarted(1, "#!univg train");
        for (var i = 0; i < 40; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(25));
            progress.CellShows($"step {i}");
        }

        Assert.Equal(1 + 4, _text.ToString().Count(c => c == '\r'));
        Assert.Contains("#!univg train · step 10", _text.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_terminal_line_never_wraps()
    {
        var progress = new TerminalProgress(_text, () => 40, _clock);
        progress.CellStarted(1, new string('x', 500));

        Assert.True(_text.ToString().Length < 50);
    }

    [Fact]
    public void Json_progress_is_one_object_a_line()
    {
        var progress = new JsonProgress(_text, _clock);
        progress.NotebookStarted("a.ipynb", 1);
        progress.CellStarted(1, "var x = \"<b>\";");
        progress.CellShows("step 1\nmore");
        progress.CellShows("step 2");
        progress.CellEnded(TimeSpan.FromSeconds(1.5), new CellError("UniVG", "No.", []));

        Assert.Equal(
            """
            {"event":"notebook-started","path":"a.ipynb","cells":1}
            {"event":"cell-started","cell":1,"source":"var x = \"<b>\";"}
            {"event":"cell-shows","cell":1,"text":"step 1"}
            {"event":"cell-ended","cell":1,"seconds":1.5,"error":{"name":"UniVG","message":"No."}}

            """.ReplaceLineEndings("\n"),
            _text.ToString());
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}
