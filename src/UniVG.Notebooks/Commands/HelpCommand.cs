using System.CommandLine;
using System.CommandLine.Completions;
using UniVG.Diffusion;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Commands;

/// <summary><c>#!univg help [VERB]</c>: all commands, or one with its options.</summary>
public sealed class HelpCommand : UniVGCommand
{
    private readonly Argument<string?> _verb = new("verb") { Description = "the command to explain", Arity = ArgumentArity.ZeroOrOne };

    /// <summary>Creates the command.</summary>
    /// <param name="tree">The tree that it is added to.</param>
    public HelpCommand(Command tree)
        : base("help", "Lists the commands, or explains one.")
    {
        _verb.CompletionSources.Add(_ => tree.Subcommands.Select(command => new CompletionItem(command.Name)));
        Arguments.Add(_verb);
    }

    /// <inheritdoc/>
    public override string Example => "#!univg help train";

    /// <inheritdoc/>
    public override string CSharp => "univg";

    /// <inheritdoc/>
    public override Task RunAsync(ParseResult arguments, CommandContext context)
    {
        var commands = arguments.RootCommandResult.Command.Subcommands.Cast<UniVGCommand>().ToList();
        context.Host.Display((arguments.GetValue(_verb) is { } verb ? Explain(Find(verb, commands)) : List(commands)).ToBundle());
        return Task.CompletedTask;
    }

    private static UniVGCommand Find(string verb, List<UniVGCommand> commands) => commands.FirstOrDefault(c => c.Name == verb)
        ?? throw new UniVGException($"There is no command '{verb}'{NearestMatch.Hint(verb, commands.Select(c => c.Name))}; '#!univg help' lists them.");

    private static Card List(IEnumerable<UniVGCommand> commands) => new("#!univg")
    {
        Tables =
        [
            new Table(
                [new("command"), new("does"), new("example")],
                [.. commands.Select(c => new[] { c.Name, c.Description ?? "", c.Example })]),
        ],
        Notes = ["'#!univg' alone shows what this notebook holds; '#!univg help train' explains a command. In C# the same is the variable univg."],
    };

    private static Card Explain(UniVGCommand command) => new($"#!univg {command.Name}")
    {
        Facts = [new("does", command.Description ?? ""), new("example", command.Example), new("in C#", command.CSharp)],
        Tables =
        [
            .. command.Arguments.Count == 0 ? [] : new[] { Describe("argument", command.Arguments.Select(a => ($"<{a.Name}>", (Symbol)a))) },
            .. command.OptionGroups.Where(group => group.Options.Count > 0).Select(group => Describe(
                group.Title, group.Options.Select(o => (o.HelpName is { } value ? $"{o.Name} {value}" : o.Name, (Symbol)o)))),
        ],
    };

    private static Table Describe(string title, IEnumerable<(string Name, Symbol Symbol)> rows) => new(
        [new(title), new("meaning"), new("default")],
        [.. rows.Select(row => (row.Name, Text: ParameterText.Of(row.Symbol))).Select(row => new[] { row.Name, row.Text.Meaning, row.Text.Default ?? "" })]);
}
