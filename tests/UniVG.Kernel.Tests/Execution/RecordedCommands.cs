using UniVG.Diffusion;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Tests.Execution;

/// <summary>Commands that tests can see through: <c>say X</c>, <c>fail</c>, <c>wait</c>.</summary>
internal sealed class RecordedCommands : ICommandRunner
{
    private static readonly string[] Verbs = ["say", "fail", "wait"];

    public IReadOnlyList<CommandDescription> Commands => [];

    public List<string> Lines { get; } = [];

    public async Task RunAsync(string line, string body, INotebookHost host)
    {
        Lines.Add(line);
        if (line.StartsWith("say ", StringComparison.Ordinal)) host.Display(new MimeBundle(line[4..]));
        if (line == "fail") throw new UniVGException("The command failed.");
        if (line == "wait") await Task.Delay(Timeout.Infinite, host.CancellationToken);
    }

    public IReadOnlyList<CommandCompletion> Complete(string line, int position) =>
        [.. Verbs.Where(v => v.StartsWith(line[..position], StringComparison.Ordinal)).Select(v => new CommandCompletion(v, v, CompletionKind.Command, 0, position))];

    public CommandTip? Describe(string line, int position) => Verbs.Contains(line) ? new CommandTip(line, $"**{line}**", 0, line.Length) : null;
}
