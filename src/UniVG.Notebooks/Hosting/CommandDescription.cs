namespace UniVG.Notebooks.Hosting;

/// <summary>One verb of <c>#!univg</c>, for hosts that list the commands themselves.</summary>
/// <param name="Name">The verb.</param>
/// <param name="Description">One sentence on what it does.</param>
/// <param name="Example">A line that a user can copy.</param>
/// <param name="Parameters">Its arguments, in their order, then its options.</param>
public sealed record CommandDescription(string Name, string Description, string Example, IReadOnlyList<CommandParameter> Parameters);
