namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>What clients need of a display while it lives, and do not save.</summary>
internal sealed record DisplayTransient(string DisplayId);
