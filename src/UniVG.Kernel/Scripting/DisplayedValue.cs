using UniVG.Kernel.Execution;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Scripting;

/// <summary>A value that a cell shows and may replace.</summary>
public sealed class DisplayedValue : IDisplay
{
    private readonly CellContext _cell;
    private readonly CellDisplay _display;

    private DisplayedValue(CellContext cell, MimeBundle content)
    {
        _cell = cell;
        _display = cell.Show(content);
    }

    /// <summary>Shows another value in the place of this one.</summary>
    public void Update(object? value) => Update(ValueBundle.Of(value, _cell.Format));

    /// <inheritdoc/>
    public void Update(MimeBundle content) => _display.Update(content);

    internal static DisplayedValue Show(CellContext cell, object? value) => new(cell, ValueBundle.Of(value, cell.Format));
}
