using System.Collections.Concurrent;
using UniVG.Kernel.Jupyter.Protocol;

namespace UniVG.Kernel.Jupyter;

/// <summary>Asks the user of the client that runs a cell.</summary>
internal sealed class StdinChannel(IMessageSender sender)
{
    private readonly BlockingCollection<WireMessage> _answers = [];

    /// <summary>Takes a message of the stdin channel.</summary>
    public void Receive(WireMessage message)
    {
        if (message.Type == "input_reply") _answers.Add(message);
    }

    /// <summary>Asks and waits for the answer.</summary>
    /// <exception cref="OperationCanceledException">The cell was interrupted.</exception>
    public string Ask(WireMessage request, string prompt, bool isPassword, CancellationToken cancellationToken)
    {
        // An answer to a question of an interrupted cell is not meant for this one.
        while (_answers.TryTake(out _))
        {
        }

        sender.Send(Channel.Stdin, request, "input_request", new InputRequest(prompt, isPassword));
        return _answers.Take(cancellationToken).Read(JupyterJson.Default.InputReply).Value;
    }
}
