using UniVG.Diffusion;

namespace UniVG.Notebooks.Hosting;

/// <summary>A mistake in a <c>#!univg</c> line, with the word that it is about.</summary>
/// <param name="message">What is wrong and what to do, in one sentence.</param>
/// <param name="line">The text after <c>#!univg</c>, as typed.</param>
/// <param name="start">Where the word begins in the line, in UTF-16 units; the line's end where a word is missing.</param>
/// <param name="length">The word's length; 0 where a word is missing.</param>
/// <param name="cause">The fault behind it; null for none.</param>
public sealed class CommandLineException(string message, string line, int start, int length, Exception? cause = null)
    : UniVGException(message, cause!)
{
    private const string Directive = "#!univg ";

    /// <summary>The text after <c>#!univg</c>, as typed.</summary>
    public string Line => line;

    /// <summary>Where the word begins in <see cref="Line"/>, in UTF-16 units.</summary>
    public int Start => start;

    /// <summary>The word's length; 0 where a word is missing.</summary>
    public int Length => length;

    /// <summary>Two lines: the command, and carets under the word.</summary>
    public string Excerpt
    {
        get
        {
            // A tab stays a tab, so that the carets stand under the word whatever the tab's width is.
            var indent = string.Concat(line[..start].Select(c => c == '\t' ? '\t' : ' '));
            return $"{Directive}{line}\n{new string(' ', Directive.Length)}{indent}{new string('^', Math.Max(1, length))}";
        }
    }
}
