namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>Text written to a standard stream.</summary>
internal sealed record StreamText(string Name, string Text);
