using UniVG.Kernel.Headless;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Runs;

/// <summary>A training panel on a terminal: its first line, rewritten in place; in the end the whole of it.</summary>
/// <param name="output">Where it is written.</param>
/// <param name="width">The terminal's width in characters; null for a file or a pipe, which gets the end only.</param>
internal sealed class TerminalPanel(TextWriter output, Func<int>? width) : IDisplay
{
    private const string ClearToEnd = "\u001b[K";

    private string _text = "";

    /// <inheritdoc/>
    public void Update(MimeBundle content)
    {
        _text = content.PlainText;
        if (width is null) return;
        var line = ProgressText.FirstLine(_text);
        output.Write($"\r{line[..Math.Min(line.Length, Math.Max(20, width() - 1))]}{ClearToEnd}");
        output.Flush();
    }

    /// <summary>Writes the whole panel as it was last.</summary>
    public void Finish()
    {
        if (width is not null) output.Write($"\r{ClearToEnd}");
        output.WriteLine(_text);
        output.Flush();
    }
}
