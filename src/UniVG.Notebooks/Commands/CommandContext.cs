using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary>What a command works with.</summary>
/// <param name="Session">The notebook's model, dataset, adapter and runs.</param>
/// <param name="Host">Where to show things.</param>
public sealed record CommandContext(UniVGSession Session, INotebookHost Host);
