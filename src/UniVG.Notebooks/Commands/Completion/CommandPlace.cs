using System.CommandLine;

namespace UniVG.Notebooks.Commands.Completion;

/// <summary>Where in a command line the last word stands, by the words before it.</summary>
/// <param name="Command">The verb's command; null where no verb stands before, or an unknown one.</param>
/// <param name="IsVerb">Whether the word is the verb.</param>
/// <param name="ValueOf">The option whose value the word is, else the argument; null where neither may stand here.</param>
/// <param name="GivenOptions">The options that stand before.</param>
internal sealed record CommandPlace(Command? Command, bool IsVerb, Symbol? ValueOf, IReadOnlyList<Option> GivenOptions)
{
    /// <summary>Reads the line up to the cursor.</summary>
    /// <returns>The place, and what is typed there: the last word, or nothing behind white space.</returns>
    public static (CommandPlace Place, CommandWord Typed) Before(string line, Command tree)
    {
        var words = CommandWords.SplitUnfinished(line);
        var typed = words.Count > 0 && words[^1].End == line.Length ? words[^1] : new CommandWord("", line.Length, line.Length);
        var before = words.Where(word => word.End < typed.Start).ToList();
        if (before.Count == 0) return (new CommandPlace(Command: null, IsVerb: true, ValueOf: null, []), typed);
        if (tree.Subcommands.FirstOrDefault(c => c.Name == before[0].Text) is not { } command)
            return (new CommandPlace(Command: null, IsVerb: false, ValueOf: null, []), typed);

        var (given, waiting, arguments) = (new List<Option>(), (Option?)null, 0);
        foreach (var word in before.Skip(1))
        {
            if (waiting is not null)
            {
                waiting = null;
            }
            else if (word.IsOption)
            {
                var parts = word.Text.Split('=');
                if (Named(parts[0], command) is not { } option) continue;
                given.Add(option);
                waiting = parts.Length == 1 && TakesValue(option) ? option : null;
            }
            else
            {
                arguments++;
            }
        }

        // --name=value is one word with the value behind the sign.
        var sign = typed.Text.IndexOf('=', StringComparison.Ordinal);
        if (waiting is null && typed.IsOption && sign > 0 && Named(typed.Text[..sign], command) is { } assigned)
            return (new CommandPlace(command, IsVerb: false, assigned, given), new CommandWord(typed.Text[(sign + 1)..], typed.Start + sign + 1, typed.End));
        return (new CommandPlace(command, IsVerb: false, waiting ?? (Symbol?)ArgumentAt(arguments, command), given), typed);
    }

    private static Option? Named(string name, Command command) => command.Options.FirstOrDefault(option => option.Name == name);

    private static bool TakesValue(Option option) => option.ValueType != typeof(bool);

    private static Argument? ArgumentAt(int index, Command command) => index < command.Arguments.Count
        ? command.Arguments[index]
        : command.Arguments.LastOrDefault(argument => argument.Arity.MaximumNumberOfValues > 1);
}
