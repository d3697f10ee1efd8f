using UniVG.Finetuning.Adapters;

namespace UniVG.Notebooks.Session;

/// <summary>An adapter that acts in a session's model.</summary>
/// <param name="Name">What commands call it: its file's name without ending, or its kind.</param>
/// <param name="Network">The adapter.</param>
/// <param name="IsOwn">Whether it is the one that runs train and <c>save</c> writes; all others stay as they are.</param>
public sealed record SessionAdapter(string Name, AdapterNetwork Network, bool IsOwn)
{
    /// <summary>The file it was read from; null for a fresh one.</summary>
    public string? Path => Network.LoadReport?.Path;

    /// <summary>The strength at which it acts.</summary>
    public double Scale => Network.Multiplier;
}
