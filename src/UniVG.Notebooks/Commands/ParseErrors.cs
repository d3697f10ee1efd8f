using System.CommandLine;
using System.CommandLine.Parsing;
using UniVG.Diffusion;

namespace UniVG.Notebooks.Commands;

/// <summary>Turns what the parser found wrong with a line into one sentence.</summary>
internal static class ParseErrors
{
    /// <summary>Throws the first fault of a parsed line, if there is one.</summary>
    /// <exception cref="UniVGException">The line does not parse.</exception>
    public static void ThrowIfAny(ParseResult result)
    {
        var command = result.CommandResult.Command;
        var isRoot = command is RootCommand;
        if (result.UnmatchedTokens.Count > 0) throw new UniVGException(isRoot ? UnknownVerb(result) : UnknownWord(result));
        if (result.Errors.Count == 0) return;
        var error = result.Errors[0];
        throw new UniVGException(error.SymbolResult switch
        {
            OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name} needs a value; see '#!univg help {command.Name}'.",
            OptionResult { Tokens.Count: > 1 } option => $"{option.Option.Name} is given more than once.",
            _ when MissingArgument(result) is { } argument =>
                $"'#!univg {command.Name}' needs a {argument.Name}: {argument.Description}; for example '{((UniVGCommand)command).Example}'.",
            _ => error.Message,
        });
    }

    private static Argument? MissingArgument(ParseResult result) =>
        result.CommandResult.Command.Arguments.FirstOrDefault(a => a.Arity.MinimumNumberOfValues > 0 && result.GetResult(a) is null or { Tokens.Count: 0 });

    private static string UnknownVerb(ParseResult result)
    {
        var verb = result.UnmatchedTokens[0];
        var verbs = result.CommandResult.Command.Subcommands.Select(c => c.Name);
        return $"There is no command '#!univg {verb}'{NearestMatch.Hint(verb, verbs)}; '#!univg help' lists them.";
    }

    private static string UnknownWord(ParseResult result)
    {
        var word = result.UnmatchedTokens[0];
        var command = result.CommandResult.Command;
        var kind = word.StartsWith('-') ? "option" : "value";
        return $"'#!univg {command.Name}' has no {kind} '{word}'{NearestMatch.Hint(word, command.Options.Select(o => o.Name))}; " +
            $"see '#!univg help {command.Name}'.";
    }
}
