using UniVG.Diffusion;
using UniVG.Kernel.Execution;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Tests.Execution;

/// <summary>A cell's output, kept for assertions.</summary>
internal sealed class RecordedOutput : ICellOutput
{
    private readonly Lock _gate = new();
    private string _text = "";
    private string _errors = "";

    public string Text
    {
        get { lock (_gate) return _text; }
    }

    public string Errors
    {
        get { lock (_gate) return _errors; }
    }

    /// <summary>What is shown now, by display id, in the order of the first show.</summary>
    public OrderedDictionary<string, MimeBundle> Shown { get; } = [];

    public void Write(StandardStream stream, string text)
    {
        lock (_gate)
        {
            if (stream == StandardStream.Output) _text += text;
            else _errors += text;
        }
    }

    public void Show(MimeBundle content, string displayId)
    {
        lock (_gate) Shown.Add(displayId, content);
    }

    public void Update(MimeBundle content, string displayId)
    {
        lock (_gate) Shown[displayId] = content;
    }

    public void Clear(bool wait)
    {
        lock (_gate)
        {
            _text = _errors = "";
            Shown.Clear();
        }
    }

    public string Ask(string prompt, bool isPassword) => throw new UniVGException("Nobody is there to answer.");
}
