using System.CommandLine;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Notebooks.Commands.Completion;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands;

/// <summary>Runs, completes and explains <c>#!univg</c> lines on one session.</summary>
public sealed class CommandRunner : ICommandRunner
{
    // A prompt may begin with @, which would otherwise name a file of arguments.
    private static readonly ParserConfiguration Configuration = new() { ResponseFileTokenReplacer = null };

    // Hundreds of options, which a host that is just starting does not wait for.
    private readonly Lazy<RootCommand> _tree = new(CommandTree.Create);
    private readonly Lazy<CommandAssistant> _assistant;
    private readonly UniVGSession _session;
    private readonly IWorkerLauncher? _launcher;

    /// <summary>Creates the commands.</summary>
    /// <param name="session">What the commands work on.</param>
    /// <param name="launcher">Starts processes for runs that outlive the notebook; null where the host cannot.</param>
    public CommandRunner(UniVGSession session, IWorkerLauncher? launcher = null)
    {
        _session = session;
        _launcher = launcher;
        _assistant = new Lazy<CommandAssistant>(() => new CommandAssistant(_tree.Value, session));
    }

    /// <inheritdoc/>
    public IReadOnlyList<CommandDescription> Commands => _assistant.Value.Commands;

    /// <inheritdoc/>
    public async Task RunAsync(string line, string body, INotebookHost host)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            host.Display(SessionCard.Of(_session).ToBundle());
            return;
        }

        var words = CommandWords.Split(line);
        var arguments = _tree.Value.Parse([.. words.Select(word => word.Text)], Configuration);
        var errors = new ParseErrors(line, words);
        errors.ThrowIfAny(arguments);
        try
        {
            var context = new CommandContext(_session, host) { Body = body, Launcher = _launcher };
            await ((UniVGCommand)arguments.CommandResult.Command).RunAsync(arguments, context).ConfigureAwait(false);
        }
        catch (UniVGException e) when (errors.Locate(e) is CommandLineException located && located != e)
        {
            throw located;
        }
        catch (Exception e) when (DeviceFailure.ExplainNative(e, "use a smaller --size, --count, --resolution, --batch or --dim") is { } explained)
        {
            throw explained;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<CommandCompletion> Complete(string line, int position) => _assistant.Value.Complete(line, position);

    /// <inheritdoc/>
    public CommandTip? Describe(string line, int position) => _assistant.Value.Describe(line, position);
}
