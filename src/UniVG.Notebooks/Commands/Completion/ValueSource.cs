using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands.Completion;

/// <summary>Finds the values that may stand for an option or argument at present.</summary>
/// <param name="typed">What is typed of the value already.</param>
/// <param name="session">The notebook's session.</param>
/// <returns>Values; those that do not begin with what is typed are dropped by the caller.</returns>
internal delegate IEnumerable<ValueSuggestion> ValueSource(string typed, UniVGSession session);
