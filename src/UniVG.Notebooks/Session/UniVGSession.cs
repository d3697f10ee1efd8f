namespace UniVG.Notebooks.Session;

/// <summary>What a notebook holds between its cells; C# cells see it as the variable <c>univg</c>.</summary>
public sealed class UniVGSession
{
}
