using UniVG.Diffusion;
using UniVG.Kernel.Execution;
using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Kernel.Scripting;

/// <summary>
/// Names that every C# cell knows. They are lower-case where they read as part of the language, as in .NET Interactive.
/// </summary>
public static class CellFunctions
{
    /// <summary>What the notebook holds: model, dataset, adapter, runs.</summary>
    public static UniVGSession univg => CurrentCell.Session;

    /// <summary>Cancelled when the running cell is interrupted; pass it to what the cell waits for.</summary>
    public static CancellationToken cellToken => CurrentCell.CancellationToken;

    /// <summary>Shows a value below the cell.</summary>
    /// <param name="value">Anything; every UniVG object has a rich display.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    public static DisplayedValue display(object? value) => DisplayedValue.Show(CurrentCell, value);

    /// <summary>Shows content of a given MIME type below the cell.</summary>
    /// <param name="value">A string, a byte[] for binary types, or an object that is written as JSON for JSON types.</param>
    /// <param name="mimeType">The type, such as <c>text/html</c> or <c>image/png</c>.</param>
    /// <returns>A handle that replaces what is shown.</returns>
    public static DisplayedValue display(object value, string mimeType) => DisplayedValue.Show(CurrentCell, ValueBundle.Of(value, mimeType));

    /// <summary>HTML to show, as the last expression of a cell or by <see cref="display(object?)"/>.</summary>
    public static MimeBundle HTML(string content) => ValueBundle.Of(content, "text/html");

    /// <summary>Removes the cell's output.</summary>
    /// <param name="wait">Whether to wait for the next output, so that nothing flickers.</param>
    public static void clearOutput(bool wait = false) => CurrentCell.Output.Clear(wait);

    /// <summary>Asks the user for a line of text.</summary>
    /// <exception cref="UniVGException">There is nobody to ask, as in a headless run.</exception>
    public static string input(string prompt = "") => CurrentCell.Output.Ask(prompt, isPassword: false);

    /// <summary>Asks the user for a line of text that is not shown while it is typed.</summary>
    /// <exception cref="UniVGException">There is nobody to ask, as in a headless run.</exception>
    public static string password(string prompt = "") => CurrentCell.Output.Ask(prompt, isPassword: true);

    internal static CellContext CurrentCell =>
        CellContext.Current ?? throw new UniVGException("Nothing can be shown now: no cell is running.");
}
