using System.Text;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Commands;

/// <summary>Splits a command line into words: separated by white space, kept together by double quotes, <c>\"</c> inside of them is a quote.</summary>
internal static class CommandWords
{
    /// <summary>The words of a line.</summary>
    /// <exception cref="CommandLineException">A quote is not closed.</exception>
    public static IReadOnlyList<CommandWord> Split(string line)
    {
        var words = Read(line, out var openQuote);
        return openQuote is not { } quote ? words : throw new CommandLineException(
            "A double quote is opened but not closed; write \\\" for a quote inside of quotes.", line, quote, 1);
    }

    /// <summary>The words of a line that is still being written: a quote that is not closed reaches to the end.</summary>
    public static IReadOnlyList<CommandWord> SplitUnfinished(string line) => Read(line, out _);

    /// <summary>A text as one word: in quotes where it needs them.</summary>
    public static string Quote(string text) => text.Length > 0 && !text.Any(c => char.IsWhiteSpace(c) || c == '"')
        ? text
        : $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static List<CommandWord> Read(string line, out int? openQuote)
    {
        var words = new List<CommandWord>();
        var word = new StringBuilder();
        int? start = null;
        openQuote = null;
        for (var i = 0; i < line.Length; i++)
        {
            if (openQuote is null && char.IsWhiteSpace(line[i]))
            {
                Finish(i);
                continue;
            }

            start ??= i;
            if (line[i] == '\\' && openQuote is not null && i + 1 < line.Length && line[i + 1] is '"' or '\\') word.Append(line[++i]);
            else if (line[i] == '"') openQuote = openQuote is null ? i : null;
            else word.Append(line[i]);
        }

        Finish(line.Length);
        return words;

        void Finish(int end)
        {
            if (start is { } begun) words.Add(new CommandWord(word.ToString(), begun, end));
            word.Clear();
            start = null;
        }
    }
}
