using UniVG.Notebooks.Session;

namespace UniVG.Kernel.Scripting;

/// <summary>The variables that every C# cell sees without declaring them.</summary>
/// <param name="session">What the notebook's <c>#!univg</c> commands work on.</param>
public sealed class NotebookGlobals(UniVGSession session)
{
    /// <summary>What the notebook holds: model, dataset, adapter, runs.</summary>
    public UniVGSession univg { get; } = session;
}
