using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Commands.Completion;

/// <summary>Writes tooltips: what a verb does and takes, what an option means and what holds without it.</summary>
internal static class CommandTips
{
    private const int MostValues = 12;

    /// <summary>Explains a verb.</summary>
    public static CommandTip Of(UniVGCommand command, CommandWord word)
    {
        var usage = string.Join(' ', [
            "#!univg", command.Name, .. command.Arguments.Select(a => a.Arity.MinimumNumberOfValues > 0 ? $"<{a.Name}>" : $"[{a.Name}]"),
            .. command.Options.Count > 0 ? new[] { "[options]" } : []]);
        return Tip(word, usage, command.Description ?? "", [("Example", command.Example), ("Options", $"#!univg help {command.Name}")]);
    }

    /// <summary>Explains an option or argument.</summary>
    public static CommandTip Of(CommandParameter parameter, IEnumerable<ValueSuggestion> values, CommandWord word)
    {
        // Files are proposed while typing; a tooltip has no room for them.
        var words = values.Where(value => value.Kind == CompletionKind.Value).Select(value => value.Text).Take(MostValues + 1).ToList();
        var title = !parameter.IsOption ? $"<{parameter.Name}>" : parameter.ValueName is { } value && words.Count == 0 ? $"{parameter.Name} {value}" : parameter.Name;
        return Tip(word, title, parameter.Meaning,
        [
            ("Default", parameter.Default ?? (parameter.IsRequired ? null : parameter.ValueName is null ? "off" : "none")),
            ("Values", words.Count == 0 ? null : string.Join(", ", words.Take(MostValues)) + (words.Count > MostValues ? ", …" : "")),
        ]);
    }

    private static CommandTip Tip(CommandWord word, string title, string meaning, IReadOnlyList<(string Name, string? Text)> facts)
    {
        var given = facts.Where(fact => fact.Text is not null).ToList();
        return new CommandTip(
            string.Join('\n', [title, Sentence(meaning), .. given.Select(fact => $"{fact.Name}: {fact.Text}")]),
            string.Join("  \n", [$"**`{title}`**", Sentence(meaning), .. given.Select(fact => $"{fact.Name}: `{fact.Text}`")]),
            word.Start,
            word.End);
    }

    private static string Sentence(string meaning) => meaning.Length == 0 ? "" : char.ToUpperInvariant(meaning[0]) + meaning[1..].TrimEnd('.') + ".";
}
