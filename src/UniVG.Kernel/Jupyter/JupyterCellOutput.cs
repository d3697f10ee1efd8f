using UniVG.Diffusion;
using UniVG.Kernel.Execution;
using UniVG.Kernel.Jupyter.Protocol;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Jupyter;

/// <summary>Sends a cell's output to the clients, as caused by the request that ran the cell.</summary>
internal sealed class JupyterCellOutput : ICellOutput
{
    private readonly IMessageSender _sender;
    private readonly WireMessage _request;
    private readonly Func<string, bool, string>? _ask;
    private readonly StreamBuffer _streams;

    /// <summary>Creates the output of one cell.</summary>
    /// <param name="sender">Sends the messages.</param>
    /// <param name="request">The request that runs the cell.</param>
    /// <param name="ask">Asks the user; null when the client does not allow it.</param>
    public JupyterCellOutput(IMessageSender sender, WireMessage request, Func<string, bool, string>? ask)
    {
        (_sender, _request, _ask) = (sender, request, ask);
        _streams = new StreamBuffer(text => sender.Broadcast(request, "stream", text));
    }

    public void Write(StandardStream stream, string text) => _streams.Write(stream, text);

    public void Show(MimeBundle content, string displayId) => Broadcast("display_data", DisplayOf(content, displayId));

    public void Update(MimeBundle content, string displayId) => Broadcast("update_display_data", DisplayOf(content, displayId));

    public void Clear(bool wait) => Broadcast("clear_output", new ClearOutput(wait));

    public string Ask(string prompt, bool isPassword)
    {
        if (_ask is null) throw new UniVGException("This client does not let a cell ask for input; write the value into the cell.");
        Flush();
        return _ask(prompt, isPassword);
    }

    /// <summary>Sends text that is waiting.</summary>
    public void Flush() => _streams.Flush();

    /// <summary>Sends a message behind all output so far.</summary>
    public void Broadcast(string type, object content)
    {
        Flush();
        _sender.Broadcast(_request, type, content);
    }

    private static DisplayData DisplayOf(MimeBundle content, string displayId) =>
        new(MimeJson.DataOf(content), [], new DisplayTransient(displayId));
}
