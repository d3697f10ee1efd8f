namespace UniVG.Notebooks.Hosting;

/// <summary>One proposal for the word being typed in a <c>#!univg</c> line.</summary>
/// <param name="Text">The text that replaces the word.</param>
/// <param name="Description">What it means, in one sentence.</param>
/// <param name="Start">Where the replaced word begins in the line, in UTF-16 units.</param>
/// <param name="End">Where the replaced word ends.</param>
public sealed record CommandCompletion(string Text, string Description, int Start, int End);
