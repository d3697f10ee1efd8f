using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Commands.Completion;

/// <summary>A value that may stand for an option or argument.</summary>
/// <param name="Text">The value.</param>
/// <param name="Description">What it means; may be empty.</param>
/// <param name="Kind">What it is.</param>
internal sealed record ValueSuggestion(string Text, string Description = "", CompletionKind Kind = CompletionKind.Value);
