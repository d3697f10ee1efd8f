using System.CommandLine;
using System.CommandLine.Parsing;
using UniVG.Diffusion;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Commands;

/// <summary>Turns what the parser found wrong with a line into one sentence and the word that it is about.</summary>
/// <param name="line">The line.</param>
/// <param name="words">Its words.</param>
internal sealed class ParseErrors(string line, IReadOnlyList<CommandWord> words)
{
    /// <summary>Throws the first fault of the parsed line, if there is one.</summary>
    /// <exception cref="CommandLineException">The line does not parse.</exception>
    public void ThrowIfAny(ParseResult result)
    {
        if (result.UnmatchedTokens is [var unmatched, ..])
            throw At(LastWord(unmatched), result.CommandResult.Command is RootCommand ? UnknownVerb(unmatched, result) : UnknownWord(unmatched, result));
        if (result.Errors is [var error, ..]) throw Describe(error, result.CommandResult);
    }

    /// <summary>A fault of the command itself, with the word that its sentence is about; the fault as it is where no word of the line is.</summary>
    /// <remarks>Sentences quote what they are about as <c>'word'</c>, or begin with the option.</remarks>
    public UniVGException Locate(UniVGException fault)
    {
        if (fault is CommandLineException) return fault;
        var quoted = fault.Message.Split('\'').Where((_, i) => i % 2 == 1).Select(Word).FirstOrDefault(word => word is not null);
        return (quoted ?? ValueOf(fault.Message.Split(' ')[0])) is { } found ? At(found, fault.Message, fault) : fault;
    }

    private CommandLineException Describe(ParseError error, CommandResult result)
    {
        var command = result.Command;
        return error.SymbolResult switch
        {
            OptionResult { Tokens.Count: 0 } option => At(Word(option.Option.Name), $"{option.Option.Name} needs a value; see '#!univg help {command.Name}'."),
            OptionResult { Tokens.Count: > 1 } option => At(Last(option.Option.Name), $"{option.Option.Name} is given more than once."),
            OptionResult option => At(ValueOf(option.Option.Name), error.Message),
            ArgumentResult { Parent: OptionResult option } => At(ValueOf(option.Option.Name), error.Message),
            _ when MissingArgument(result) is { } argument =>
                At(word: null, $"'#!univg {command.Name}' needs {(argument.Name[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an" : "a")} {argument.Name}: {argument.Description}; for example '{((UniVGCommand)command).Example}'."),
            ArgumentResult { Tokens: [var token, ..] } => At(Word(token.Value), error.Message),
            _ => At(word: null, error.Message),
        };
    }

    private static Argument? MissingArgument(CommandResult result) =>
        result.Command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0 && result.GetResult(a) is null or { Tokens.Count: 0 });

    private static string UnknownVerb(string verb, ParseResult result) =>
        $"There is no command '#!univg {verb}'{NearestMatch.Hint(verb, result.CommandResult.Command.Subcommands.Select(c => c.Name))}; '#!univg help' lists them.";

    private static string UnknownWord(string word, ParseResult result)
    {
        var command = result.CommandResult.Command;
        var kind = word.StartsWith('-') ? "option" : "value";
        return $"'#!univg {command.Name}' has no {kind} '{word}'{Advice(word, command)}; see '#!univg help {command.Name}'.";
    }

    // Words where none is expected are mostly a comment, NAME=VALUE, or the rest of a path with spaces.
    private static string Advice(string word, Command command)
    {
        if (word[0] is '#' or '/' && word.Trim('#', '/').Length == 0) return ", and takes no comment behind it";
        if (word.Split('=', 2) is [var name, var value] && command.Options.Any(option => option.Name == "--" + name)) return $" (did you mean '--{name} {value}'?)";
        var hint = NearestMatch.Hint(word, command.Options.Select(option => option.Name));
        return hint.Length == 0 && word[0] != '-' && command.Arguments.Count > 0 ? "; what has spaces in it stands in double quotes" : hint;
    }

    // Without a word the fault is that something is missing, which it is at the end.
    private CommandLineException At(CommandWord? word, string message, UniVGException? cause = null) => word is { } found
        ? new CommandLineException(message, line, found.Start, found.End - found.Start, cause)
        : new CommandLineException(message, line, line.Length, 0, cause);

    private CommandWord? Word(string text) => text.Length == 0 ? null : Find(word => word.Text == text) ?? Find(word => word.Text.Split('=', 2).Contains(text));

    // What is too much stands behind what is not, also where both are the same word.
    private CommandWord? LastWord(string text) => words.Where(word => word.Text == text).Select(word => (CommandWord?)word).LastOrDefault() ?? Word(text);

    private CommandWord? Last(string option) => words.Where(word => IsNamed(word, option)).Select(word => (CommandWord?)word).LastOrDefault();

    // The value of an option: the next word, or the same one where it is --name=value.
    private CommandWord? ValueOf(string option)
    {
        if (!option.StartsWith("--", StringComparison.Ordinal) || Find(word => IsNamed(word, option)) is not { } name) return null;
        return name.Text != option ? name : Find(word => word.Start > name.Start) ?? name;
    }

    private CommandWord? Find(Func<CommandWord, bool> predicate) => words.Where(predicate).Select(word => (CommandWord?)word).FirstOrDefault();

    private static bool IsNamed(CommandWord word, string option) =>
        word.Text == option || word.Text.StartsWith(option + "=", StringComparison.Ordinal) || word.Text.StartsWith(option + ":", StringComparison.Ordinal);
}
