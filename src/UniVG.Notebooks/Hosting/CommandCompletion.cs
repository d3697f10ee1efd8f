namespace UniVG.Notebooks.Hosting;

/// <summary>One proposal for the word being typed in a <c>#!univg</c> line.</summary>
/// <param name="Text">The text that replaces the word, in quotes where it needs them.</param>
/// <param name="Description">What it means, in one sentence; may be empty.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where the replaced word begins in the line, in UTF-16 units.</param>
/// <param name="End">Where the replaced word ends.</param>
public sealed record CommandCompletion(string Text, string Description, CompletionKind Kind, int Start, int End);
