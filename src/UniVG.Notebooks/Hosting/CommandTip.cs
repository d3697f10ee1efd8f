namespace UniVG.Notebooks.Hosting;

/// <summary>What is known of a word of a <c>#!univg</c> line: its meaning and its default.</summary>
/// <param name="Text">The tooltip as plain text.</param>
/// <param name="Markdown">The tooltip as Markdown.</param>
/// <param name="Start">Where the word begins in the line, in UTF-16 units.</param>
/// <param name="End">Where the word ends.</param>
public sealed record CommandTip(string Text, string Markdown, int Start, int End);
