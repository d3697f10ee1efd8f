using System.CommandLine;

namespace UniVG.Notebooks.Commands;

/// <summary>Options that belong together; help shows them below a heading.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Options">The options, in the order of help.</param>
public sealed record OptionGroup(string Title, IReadOnlyList<Option> Options);
