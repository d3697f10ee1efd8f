namespace UniVG.Notebooks.Session;

/// <summary>What was loaded to take the place of something, and goes again unless it is handed over: until all is there, nothing is replaced.</summary>
internal sealed class PreparedParts : IDisposable
{
    private readonly Stack<IDisposable> _parts = [];

    /// <summary>Adds a part.</summary>
    public T Own<T>(T part)
        where T : IDisposable
    {
        _parts.Push(part);
        return part;
    }

    /// <summary>Leaves all parts to their new owner.</summary>
    public void HandOver() => _parts.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var part in _parts) part.Dispose();
    }
}
