namespace UniVG.Notebooks.Hosting;

/// <summary>What runs, completes and explains <c>#!univg</c> lines; one per session. Completing and explaining may happen while a command runs.</summary>
public interface ICommandRunner
{
    /// <summary>All verbs, in the order of help.</summary>
    IReadOnlyList<CommandDescription> Commands { get; }

    /// <summary>Runs one command to its end.</summary>
    /// <param name="line">The text after <c>#!univg</c>; may be empty.</param>
    /// <param name="body">The rest of the cell for a command that takes one, else "".</param>
    /// <param name="host">Where the command shows its results, and what tells it to stop.</param>
    /// <exception cref="CommandLineException">A mistake in the line; it says which word is wrong.</exception>
    /// <exception cref="UniVG.Diffusion.UniVGException">Another mistake of the user, said in one sentence.</exception>
    /// <exception cref="OperationCanceledException">The user interrupted the cell.</exception>
    Task RunAsync(string line, string body, INotebookHost host);

    /// <summary>What may stand at <paramref name="position"/> of a command line: verbs, options, values, files.</summary>
    /// <param name="line">The text after <c>#!univg</c>.</param>
    /// <param name="position">The cursor, in UTF-16 units from the line's start.</param>
    IReadOnlyList<CommandCompletion> Complete(string line, int position);

    /// <summary>Explains the word at <paramref name="position"/>, or the verb where there is no word; null when there is nothing to say.</summary>
    /// <param name="line">The text after <c>#!univg</c>.</param>
    /// <param name="position">The cursor, in UTF-16 units from the line's start.</param>
    CommandTip? Describe(string line, int position);
}
