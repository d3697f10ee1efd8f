namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>Ask the user for a line of text.</summary>
internal sealed record InputRequest(string Prompt, bool Password);
