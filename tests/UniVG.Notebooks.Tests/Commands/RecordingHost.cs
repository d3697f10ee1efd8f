using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Tests.Commands;

/// <summary>A host that keeps what was shown.</summary>
internal sealed class RecordingHost : INotebookHost
{
    private readonly List<Shown> _shown = [];

    public string Name => "test";

    public CancellationToken CancellationToken { get; init; } = TestContext.Current.CancellationToken;

    public string NotebookFolder { get; init; } = Directory.GetCurrentDirectory();

    /// <summary>The last content of each display, in order.</summary>
    public IReadOnlyList<MimeBundle> Displays => [.. _shown.Select(s => s.Content)];

    /// <summary>All text that is shown now.</summary>
    public string Text => string.Join('\n', Displays.Select(d => d.PlainText));

    public IDisplay Display(MimeBundle content)
    {
        var shown = new Shown { Content = content };
        _shown.Add(shown);
        return shown;
    }

    private sealed class Shown : IDisplay
    {
        public required MimeBundle Content { get; set; }

        public void Update(MimeBundle content) => Content = content;
    }
}
