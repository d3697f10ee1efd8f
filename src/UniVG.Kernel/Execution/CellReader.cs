namespace UniVG.Kernel.Execution;

/// <summary>A console reader that asks the user through the client of the cell that reads.</summary>
internal sealed class CellReader(TextReader outsideCells) : TextReader
{
    private string _pending = "";

    public override string? ReadLine() =>
        CellContext.Current is { } cell ? cell.Output.Ask(prompt: "", isPassword: false) : outsideCells.ReadLine();

    public override int Peek() => Fill() ? _pending[0] : -1;

    public override int Read()
    {
        if (!Fill()) return -1;
        var next = _pending[0];
        _pending = _pending[1..];
        return next;
    }

    // Reading by the character takes a line at a time from the user.
    private bool Fill()
    {
        if (_pending.Length == 0 && ReadLine() is { } line) _pending = line + "\n";
        return _pending.Length > 0;
    }
}
