using System.Text;

namespace UniVG.Kernel.Execution;

/// <summary>A console writer whose text goes to the cell that writes it.</summary>
internal sealed class CellWriter(StandardStream stream, TextWriter outsideCells) : TextWriter
{
    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value)
    {
        if (string.IsNullOrEmpty(value)) return;
        if (CellContext.Current is { } cell) cell.Output.Write(stream, value);
        else outsideCells.Write(value);
    }

    // One write per line, so that lines of several threads do not mix.
    public override void WriteLine() => Write(NewLine);

    public override void WriteLine(string? value) => Write(value + NewLine);

    public override void Flush()
    {
        if (CellContext.Current is null) outsideCells.Flush();
    }
}
