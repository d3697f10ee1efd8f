using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Tests.Displays;

public class LiveDisplayTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly RecordingDisplay _display = new();

    private LiveDisplay<string> Live() => new(_display, text => new MimeBundle(text), TimeSpan.FromMilliseconds(300), _clock);

    [Fact]
    public void The_first_value_is_shown_at_once_and_the_following_are_merged()
    {
        using var live = Live();

        for (var step = 1; step <= 10; step++)
        {
            live.Post($"step {step}");
            _clock.Advance(50);
        }

        // Shown at 0 ms and 300 ms; what was posted since waits for 600 ms.
        Assert.Equal(["step 1", "step 6"], _display.Shown);
        _clock.Advance(100);
        Assert.Equal(["step 1", "step 6", "step 10"], _display.Shown);
    }

    [Fact]
    public void Nothing_is_shown_while_nothing_is_posted()
    {
        using var live = Live();
        live.Post("only");

        _clock.Advance(10_000);

        Assert.Equal(["only"], _display.Shown);
    }

    [Fact]
    public void A_view_that_is_slow_to_draw_is_drawn_less_often()
    {
        using var live = new LiveDisplay<string>(
            _display,
            text =>
            {
                _clock.Advance(20);
                return new MimeBundle(text);
            },
            TimeSpan.FromMilliseconds(300),
            _clock);
        live.Post("step 1");
        _clock.Advance();

        // One slow drawing may be the first, or bad luck.
        live.Post("step 2");
        _clock.Advance(300);
        Assert.Equal(["step 1", "step 2"], _display.Shown);

        live.Post("step 3");
        _clock.Advance(1990);
        Assert.Equal(["step 1", "step 2"], _display.Shown);
        _clock.Advance(20);
        Assert.Equal(["step 1", "step 2", "step 3"], _display.Shown);
    }

    [Fact]
    public void Finishing_shows_the_last_value_and_drops_what_waits()
    {
        using var live = Live();
        live.Post("step 1");
        _clock.Advance();
        live.Post("step 2");

        live.Finish("done");
        live.Post("late");
        live.Finish("later");
        _clock.Advance(10_000);

        Assert.Equal(["step 1", "done"], _display.Shown);
    }

    [Fact]
    public void A_display_that_throws_disturbs_nobody_and_is_tried_again()
    {
        using var live = Live();
        _display.Failure = new IOException("the client is gone");
        live.Post("step 1");
        _clock.Advance();

        _display.Failure = null;
        live.Post("step 2");
        _clock.Advance(300);

        Assert.Equal("the client is gone", live.Fault?.Message);
        Assert.Equal(["step 2"], _display.Shown);
    }

    [Fact]
    public async Task Posting_does_not_wait_for_a_display_that_hangs()
    {
        using var live = Live();
        using var hanging = _display.HangNextUpdate();
        live.Post("step 1");
        var timer = Task.Run(() => _clock.Advance(), TestContext.Current.CancellationToken);
        _display.Hangs.Wait(TestContext.Current.CancellationToken);

        live.Post("step 2");
        Assert.Empty(_display.Shown);

        hanging.Set();
        await timer;
        _clock.Advance(300);
        Assert.Equal(["step 1", "step 2"], _display.Shown);
    }

    private sealed class RecordingDisplay : IDisplay
    {
        private ManualResetEventSlim? _gate;

        public List<string> Shown { get; } = [];

        public Exception? Failure { get; set; }

        public ManualResetEventSlim Hangs { get; } = new();

        public ManualResetEventSlim HangNextUpdate() => _gate = new ManualResetEventSlim();

        public void Update(MimeBundle content)
        {
            if (Interlocked.Exchange(ref _gate, null) is { } gate)
            {
                Hangs.Set();
                gate.Wait();
            }

            if (Failure is not null)
                throw Failure;
            Shown.Add(content.PlainText);
        }
    }
}
