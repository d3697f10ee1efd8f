using System.CommandLine;

namespace UniVG.Notebooks.Commands.Completion;

/// <summary>An option whose values come from the session or the disk.</summary>
/// <param name="name">Its name.</param>
/// <param name="source">Where its values come from.</param>
internal sealed class SuggestingOption<T>(string name, ValueSource source) : Option<T>(name), ISuggestsValues
{
    /// <inheritdoc/>
    public ValueSource Source => source;
}
