using System.Text;
using UniVG.Diffusion;

namespace UniVG.Notebooks.Commands;

/// <summary>Splits a command line into words: separated by white space, kept together by double quotes, <c>\"</c> inside of them is a quote.</summary>
internal static class CommandWords
{
    /// <summary>The words of a line.</summary>
    /// <exception cref="UniVGException">A quote is not closed.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quoted, started) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\' && quoted && i + 1 < line.Length && line[i + 1] is '"' or '\\') word.Append(line[++i]);
            else if (line[i] == '"') (quoted, started) = (!quoted, true);
            else if (quoted || !char.IsWhiteSpace(line[i])) word.Append(line[i]);
            else Finish();
        }

        if (quoted) throw new UniVGException("A double quote is opened but not closed; write \\\" for a quote inside of quotes.");
        Finish();
        return words;

        void Finish()
        {
            if (started || word.Length > 0) words.Add(word.ToString());
            word.Clear();
            started = false;
        }
    }
}
