namespace UniVG.Notebooks.Commands.Completion;

/// <summary>An option or argument whose values come from the session or the disk.</summary>
internal interface ISuggestsValues
{
    /// <summary>Where its values come from.</summary>
    ValueSource Source { get; }
}
