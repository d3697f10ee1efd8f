namespace UniVG.Kernel.Jupyter.Protocol;

/// <summary>One match with its kind and place.</summary>
internal sealed record CompleteItem(string Text, string Type, int Start, int End);
