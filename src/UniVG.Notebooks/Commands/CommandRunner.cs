using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary>Runs, completes and explains <c>#!univg</c> lines on one session.</summary>
/// <param name="session">What the commands work on.</param>
public sealed class CommandRunner(UniVGSession session) : ICommandRunner
{
    private readonly RootCommand _tree = CommandTree.Create();

    /// <inheritdoc/>
    public Task RunAsync(string line, string body, INotebookHost host)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            host.Display(SessionCard.Of(session).ToBundle());
            return Task.CompletedTask;
        }

        var arguments = Parse(line);
        ParseErrors.ThrowIfAny(arguments);
        return ((UniVGCommand)arguments.CommandResult.Command).RunAsync(arguments, new CommandContext(session, host));
    }

    /// <inheritdoc/>
    public IReadOnlyList<CommandCompletion> Complete(string line, int position)
    {
        var typed = line[..position];
        var start = typed.LastIndexOf(' ') + 1;
        return [.. _tree.Parse(typed).GetCompletions(position)
            .Where(item => item.Label.StartsWith(typed[start..], StringComparison.OrdinalIgnoreCase))
            .Select(item => new CommandCompletion(item.InsertText ?? item.Label, Meaning(item, typed), start, position))];
    }

    /// <inheritdoc/>
    public string? Describe(string line, int position)
    {
        var end = line.IndexOf(' ', Math.Min(position, line.Length));
        var upTo = end < 0 ? line : line[..end];
        var word = upTo[(upTo.LastIndexOf(' ') + 1)..];
        var command = Parse(line).CommandResult.Command;
        if (command.Name == word) return $"{command.Description}\nExample: {(command as UniVGCommand)?.Example}";
        return command.Options.FirstOrDefault(o => o.Name == word) is { } option ? $"{option.Name} {option.HelpName}: {option.Description}" : null;
    }

    private ParseResult Parse(string line) => _tree.Parse(CommandLineParser.SplitCommandLine(line).ToList());

    private string Meaning(CompletionItem item, string line)
    {
        var command = Parse(line).CommandResult.Command;
        return command.Options.FirstOrDefault(o => o.Name == item.Label)?.Description
            ?? command.Subcommands.FirstOrDefault(c => c.Name == item.Label)?.Description ?? "";
    }
}
