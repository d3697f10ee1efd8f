using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays;

/// <summary>Shows a mistake that the user can mend: one sentence and, for a mistake in a command, the word it is about.</summary>
public static class ErrorView
{
    /// <summary>Shows a sentence.</summary>
    public static MimeBundle Create(string message)
        => new MimeBundle("Error: " + message).WithHtml(Style.Wrap(Html($"<p>{Sentence(message)}</p>")));

    /// <summary>Shows a sentence and the command with carets under the offending word.</summary>
    /// <param name="message">What is wrong and what to do.</param>
    /// <param name="line">The command's line as typed.</param>
    /// <param name="start">Where the offending word starts, from 0; a place behind the end is allowed (something is missing there).</param>
    /// <param name="length">The word's length.</param>
    public static MimeBundle Create(string message, string line, int start, int length)
    {
        ArgumentNullException.ThrowIfNull(line);
        start = Math.Clamp(start, 0, line.Length);
        // A tab stays a tab, so that the carets stand under the word whatever the tab width is.
        var indent = string.Concat(line[..start].Select(character => character == '\t' ? '\t' : ' '));
        var carets = indent + new string('^', Math.Max(1, Math.Min(length, line.Length - start)));
        return new MimeBundle($"Error: {message}\n  {line}\n  {carets}")
            .WithHtml(Style.Wrap(Html($"<p>{Sentence(message)}</p><pre>{Style.Encode(line)}\n{carets}</pre>")));
    }

    private static string Sentence(string message) => $"<strong>Error:</strong> {Style.Encode(message)}";

    private static string Html(string content) => $"<div class=\"univg-error\" role=\"alert\">{content}</div>";
}
