using UniVG.Diffusion;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel;

/// <summary>Stands where the <c>#!univg</c> commands are not part of the build.</summary>
internal sealed class UnavailableCommands : ICommandRunner
{
    public Task RunAsync(string line, string body, INotebookHost host) =>
        throw new UniVGException("The #!univg commands are not part of this build.");

    public IReadOnlyList<CommandCompletion> Complete(string line, int position) => [];

    public string? Describe(string line, int position) => null;
}
