namespace UniVG.Kernel.Jupyter;

/// <summary>Positions in text: Jupyter counts Unicode code points, .NET counts UTF-16 units.</summary>
internal static class CodePoints
{
    /// <summary>The UTF-16 position of a code-point position; positions beyond the end are the end.</summary>
    public static int ToUtf16(string text, int codePoints)
    {
        var position = 0;
        for (; codePoints > 0 && position < text.Length; codePoints--) position += WidthAt(text, position);
        return position;
    }

    /// <summary>The code-point position of a UTF-16 position.</summary>
    public static int FromUtf16(string text, int position)
    {
        var codePoints = 0;
        for (var i = 0; i < position && i < text.Length; i += WidthAt(text, i)) codePoints++;
        return codePoints;
    }

    private static int WidthAt(string text, int position) =>
        position + 1 < text.Length && char.IsSurrogatePair(text[position], text[position + 1]) ? 2 : 1;
}
