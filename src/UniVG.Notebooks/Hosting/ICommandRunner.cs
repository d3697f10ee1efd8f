namespace UniVG.Notebooks.Hosting;

/// <summary>What runs <c>#!univg</c> lines; one per session.</summary>
public interface ICommandRunner
{
    /// <summary>Runs one command to its end.</summary>
    /// <param name="line">The text after <c>#!univg</c>; may be empty.</param>
    /// <param name="body">The rest of the cell for a command that takes one, else "".</param>
    /// <param name="host">Where the command shows its results, and what tells it to stop.</param>
    /// <exception cref="UniVG.Diffusion.UniVGException">A mistake of the user, said in one sentence.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted the cell.</exception>
    Task RunAsync(string line, string body, INotebookHost host);

    /// <summary>What may stand at <paramref name="position"/> of a command line.</summary>
    IReadOnlyList<CommandCompletion> Complete(string line, int position);

    /// <summary>Describes the word at <paramref name="position"/> as plain text or Markdown; null when there is nothing to say.</summary>
    string? Describe(string line, int position);
}
