namespace UniVG.Kernel.Scripting;

/// <summary><c>value.Display()</c>, as .NET Interactive has it.</summary>
public static class DisplayExtensions
{
    /// <summary>Shows this value below the running cell.</summary>
    /// <returns>A handle that replaces what is shown.</returns>
    public static DisplayedValue Display(this object? value) => DisplayedValue.Show(CellFunctions.CurrentCell, value);

    /// <summary>Shows this content, whose MIME type is given, below the running cell.</summary>
    /// <returns>A handle that replaces what is shown.</returns>
    public static DisplayedValue Display(this object value, string mimeType) =>
        DisplayedValue.Show(CellFunctions.CurrentCell, ValueBundle.Of(value, mimeType));
}
