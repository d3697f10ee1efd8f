using System.CommandLine;
using System.CommandLine.Completions;
using System.Runtime.InteropServices;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary>Runs, completes and explains <c>#!univg</c> lines on one session.</summary>
/// <param name="session">What the commands work on.</param>
/// <param name="launcher">Starts processes for runs that outlive the notebook; null where the host cannot.</param>
public sealed class CommandRunner(UniVGSession session, IWorkerLauncher? launcher = null) : ICommandRunner
{
    // A prompt may begin with @, which would otherwise name a file of arguments.
    private static readonly ParserConfiguration Configuration = new() { ResponseFileTokenReplacer = null };
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
        return RunAsync((UniVGCommand)arguments.CommandResult.Command, arguments, new CommandContext(session, host) { Body = body, Launcher = launcher });
    }

    /// <inheritdoc/>
    public IReadOnlyList<CommandCompletion> Complete(string line, int position)
    {
        var typed = line[..position];
        var start = typed.LastIndexOf(' ') + 1;
        return [.. _tree.Parse(typed, Configuration).GetCompletions(position)
            .Where(item => item.Label.StartsWith(typed[start..], StringComparison.OrdinalIgnoreCase))
            .Select(item => new CommandCompletion(item.InsertText ?? item.Label, Meaning(item, typed), start, position))];
    }

    /// <inheritdoc/>
    public string? Describe(string line, int position)
    {
        var end = line.IndexOf(' ', Math.Min(position, line.Length));
        var upTo = end < 0 ? line : line[..end];
        var word = upTo[(upTo.LastIndexOf(' ') + 1)..];
        var command = _tree.Parse(line, Configuration).CommandResult.Command;
        if (command.Name == word) return $"{command.Description}\nExample: {(command as UniVGCommand)?.Example}";
        return command.Options.FirstOrDefault(o => o.Name == word) is { } option ? $"{option.Name} {option.HelpName}: {option.Description}" : null;
    }

    // libtorch reports exhausted memory and the like with a native stack trace of many lines.
    private static async Task RunAsync(UniVGCommand command, ParseResult arguments, CommandContext context)
    {
        try
        {
            await command.RunAsync(arguments, context).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not UniVGException && DeviceFailure.Explain(e, "use a smaller --size, --count, --resolution, --batch or --dim") is { } explained)
        {
            throw explained;
        }
        catch (ExternalException e)
        {
            throw new UniVGException($"libtorch failed: {DeviceFailure.FirstLine(e)}.", e);
        }
    }

    private ParseResult Parse(string line) => _tree.Parse(CommandWords.Split(line), Configuration);

    private string Meaning(CompletionItem item, string line)
    {
        var command = _tree.Parse(line, Configuration).CommandResult.Command;
        return command.Options.FirstOrDefault(o => o.Name == item.Label)?.Description
            ?? command.Subcommands.FirstOrDefault(c => c.Name == item.Label)?.Description ?? "";
    }
}
