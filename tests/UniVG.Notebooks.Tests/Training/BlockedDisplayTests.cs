using UniVG.Diffusion.Images;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Commands;
using UniVG.Notebooks.Tests.Displays;

namespace UniVG.Notebooks.Tests.Training;

/// <summary>A notebook whose client takes nothing while training goes on.</summary>
public sealed class BlockedDisplayTests : IDisposable
{
    private const int Steps = 4;

    private readonly string _folder = Directory.CreateTempSubdirectory("univg-blocked-").FullName;
    private readonly UniVGSession _session = new();

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Training_takes_its_steps_while_a_display_hangs()
    {
        var commands = new CommandRunner(_session);
        var concept = Directory.CreateDirectory(Path.Combine(_folder, "data", "2_modality")).FullName;
        ImageFile.SavePng(TestPictures.Of(64, 64, 1), Path.Combine(concept, "1.png"));
        var host = new BlockingHost(() => _session.Run is { Step: Steps });
        foreach (var line in new[] { "model tiny", $"data \"{Path.Combine(_folder, "data")}\"", "lora --dim 1 --no-conv" })
            await commands.RunAsync(line, "", new RecordingHost());

        await commands.RunAsync($"train --steps {Steps} --batch 1 --output \"{Path.Combine(_folder, "output")}\"", "", host);

        Assert.True(host.WasBlocked, "no update came while training went on");
        Assert.False(host.GaveUp, "training waited for the display");
        Assert.Contains($"step {Steps}/{Steps}", host.Last, StringComparison.Ordinal);
    }

    /// <summary>A host whose updates return only when something has happened, and give up after a minute.</summary>
    private sealed class BlockingHost(Func<bool> hasHappened) : INotebookHost, IDisplay
    {
        public string Name => "test";

        public CancellationToken CancellationToken => TestContext.Current.CancellationToken;

        public bool WasBlocked { get; private set; }

        public bool GaveUp { get; private set; }

        public string Last { get; private set; } = "";

        public IDisplay Display(MimeBundle content) => this;

        public void Update(MimeBundle content)
        {
            Last = content.PlainText;
            if (hasHappened()) return;
            WasBlocked = true;
            GaveUp |= !SpinWait.SpinUntil(hasHappened, TimeSpan.FromMinutes(1));
        }
    }
}
