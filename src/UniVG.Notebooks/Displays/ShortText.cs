using System.Globalization;

namespace UniVG.Notebooks.Displays;

/// <summary>Long prompts where they stand beside pictures: shortened in the middle, as the end often tells one from another (the seed, the run).</summary>
internal static class ShortText
{
    private const int Most = 100;
    private const int Tail = 28;

    /// <summary>The text on one line; beyond a hundred characters its beginning, an ellipsis and its end.</summary>
    public static string Of(string text) => Of(text, Most);

    /// <summary>The text on one line; beyond <paramref name="most"/> characters its beginning, an ellipsis and its end.</summary>
    public static string Of(string text, int most)
    {
        var line = new StringInfo(text.ReplaceLineEndings(" "));
        var count = line.LengthInTextElements;
        var tail = Math.Min(Tail, most / 2);
        return count <= most ? line.String
            : $"{line.SubstringByTextElements(0, most - tail - 3).TrimEnd()} … {line.SubstringByTextElements(count - tail).TrimStart()}";
    }

    /// <summary>The same in HTML, with the whole text in a tooltip where something was left out.</summary>
    public static string Html(string text) =>
        Of(text) is var shown && shown == text ? Style.Encode(text) : $"<span title=\"{Style.Encode(text)}\">{Style.Encode(shown)}</span>";
}
