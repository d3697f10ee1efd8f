namespace UniVG.Kernel.Language;

/// <summary>One proposal for the text around the cursor.</summary>
/// <param name="Text">What replaces the text from <paramref name="Start"/> to <paramref name="End"/>.</param>
/// <param name="Kind">What it is: <c>method</c>, <c>property</c>, <c>command</c> …</param>
/// <param name="Start">Where the replaced text begins in the cell, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
internal sealed record CellCompletion(string Text, string Kind, int Start, int End);
