using System.CommandLine;
using System.CommandLine.Completions;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands.Completion;

/// <summary>Completes and explains command lines by the command tree; reads the session and the disk, changes nothing.</summary>
/// <param name="tree">The commands.</param>
/// <param name="session">The notebook's session.</param>
internal sealed class CommandAssistant(Command tree, UniVGSession session)
{
    /// <summary>All verbs, in the order of help.</summary>
    public IReadOnlyList<CommandDescription> Commands { get; } = [.. tree.Subcommands.Cast<UniVGCommand>().Select(command => new CommandDescription(
        command.Name,
        command.Description ?? "",
        command.Example,
        [.. command.Arguments.Select(argument => Describe(argument, session)), .. command.Options.Select(option => Describe(option, session))]))];

    /// <summary>See <see cref="ICommandRunner.Complete"/>.</summary>
    public IReadOnlyList<CommandCompletion> Complete(string line, int position)
    {
        var (place, typed) = CommandPlace.Before(line[..Math.Clamp(position, 0, line.Length)], tree);
        return
        [
            .. Suggest(place, typed.Text)
                .Where(suggestion => suggestion.Text.StartsWith(typed.Text, StringComparison.OrdinalIgnoreCase))
                .DistinctBy(suggestion => suggestion.Text)
                .Select(suggestion => new CommandCompletion(
                    CommandWords.Quote(suggestion.Text), suggestion.Description, suggestion.Kind, typed.Start, typed.End)),
        ];
    }

    /// <summary>See <see cref="ICommandRunner.Describe"/>.</summary>
    public CommandTip? Describe(string line, int position)
    {
        var words = CommandWords.SplitUnfinished(line);
        if (words.Count == 0 || Find(words[0].Text) is not { } command) return null;
        var word = words.FirstOrDefault(w => w.Start <= position && position <= w.End, words[0]);
        if (word == words[0]) return CommandTips.Of(command, word);
        if (word.IsOption) return OptionOf(word, command) is { } option ? CommandTips.Of(Describe(option, session), ValuesOf(option, ""), word) : null;
        var (place, _) = CommandPlace.Before(line[..word.End], tree);
        return place.ValueOf is { } symbol ? CommandTips.Of(Describe(symbol, session), ValuesOf(symbol, word.Text), word) : null;
    }

    private IEnumerable<ValueSuggestion> Suggest(CommandPlace place, string typed)
    {
        if (place.Command is null)
            return place.IsVerb ? tree.Subcommands.Select(command => new ValueSuggestion(command.Name, command.Description ?? "", CompletionKind.Command)) : [];
        var values = place.ValueOf is { } symbol && !typed.StartsWith("--", StringComparison.Ordinal) ? ValuesOf(symbol, typed) : [];

        // Behind an option that needs a value nothing else may stand.
        return place.ValueOf is Option ? values
            : [.. values, .. place.Command.Options.Except(place.GivenOptions).Select(option => new ValueSuggestion(option.Name, Describe(option, session).Description, CompletionKind.Option))];
    }

    private UniVGCommand? Find(string verb) => (UniVGCommand?)tree.Subcommands.FirstOrDefault(command => command.Name == verb);

    private static Option? OptionOf(CommandWord word, Command command) => command.Options.FirstOrDefault(option => option.Name == word.Text.Split('=')[0]);

    private IEnumerable<ValueSuggestion> ValuesOf(Symbol symbol, string typed) => ValuesOf(symbol, typed, session);

    private static IEnumerable<ValueSuggestion> ValuesOf(Symbol symbol, string typed, UniVGSession session) => symbol switch
    {
        ISuggestsValues suggesting => suggesting.Source(typed, session),
        Option { ValueType: var type } when type == typeof(bool) => [],
        _ => symbol.GetCompletions(CompletionContext.Empty).Select(item => new ValueSuggestion(item.Label)),
    };

    private static CommandParameter Describe(Symbol symbol, UniVGSession session)
    {
        var text = ParameterText.Of(symbol);
        IReadOnlyList<string> Values() => [.. ValuesOf(symbol, "", session).Select(value => value.Text)];
        return symbol switch
        {
            Option option => new CommandParameter(option.Name, option.ValueType == typeof(bool) ? null : option.HelpName, text.Meaning, text.Default)
            {
                IsOption = true,
                Values = Values,
            },
            Argument argument => new CommandParameter(argument.Name, argument.Name, text.Meaning, text.Default)
            {
                IsRequired = argument.Arity.MinimumNumberOfValues > 0,
                IsRepeatable = argument.Arity.MaximumNumberOfValues > 1,
                Values = Values,
            },
            _ => throw new ArgumentException($"{symbol.Name} is neither an option nor an argument.", nameof(symbol)),
        };
    }
}
