using System.Runtime.InteropServices;
using UniVG.Kernel.Execution;
using UniVG.Kernel.Jupyter.Protocol;
using UniVG.Kernel.Language;

namespace UniVG.Kernel.Jupyter;

/// <summary>
/// A running kernel. Cells run on one thread and what helps to write them is answered by another, so that completion works while a
/// model trains; interrupts and shutdown are answered by the sockets' own thread and are never late.
/// </summary>
internal sealed class KernelServer : IDisposable
{
    // Time for the last messages to reach the sockets' thread before it ends.
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(100);

    private readonly KernelSockets _sockets;
    private readonly StdinChannel _stdin;
    private readonly History _history = new();
    private readonly CellRequests _cells;
    private readonly LanguageRequests _language;
    private readonly RequestLoop _cellLoop;
    private readonly RequestLoop _languageLoop;
    private readonly RequestLoop _control;
    private readonly Lazy<Task> _warmUp;
    private readonly ManualResetEventSlim _stop = new();

    /// <summary>Binds the kernel's sockets.</summary>
    /// <exception cref="UniVG.Diffusion.UniVGException">An address is taken.</exception>
    public KernelServer(ConnectionFile connection, NotebookSession session)
    {
        _sockets = new KernelSockets(connection, Receive);
        _stdin = new StdinChannel(_sockets);
        _cells = new CellRequests(session, _sockets, _stdin, _history);
        _language = new LanguageRequests(new CellLanguage(session.Commands, new CSharpLanguage(session.Engine)));
        _cellLoop = new RequestLoop("UniVG requests", _sockets, HandleShell);
        _languageLoop = new RequestLoop("UniVG language", _sockets, HandleShell);
        _control = new RequestLoop("UniVG control", _sockets, HandleControl);
        _warmUp = new Lazy<Task>(() => Task.Run(session.WarmUp));
    }

    /// <summary>Serves clients until one of them, the parent process or a signal ends the kernel.</summary>
    public void Run()
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal =>
        {
            signal.Cancel = true;
            _cells.Interrupt();
        });
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            _stop.Set();
        });
        _sockets.Start();
        _sockets.Broadcast(parent: null, "status", new KernelStatus("starting"));
        _cellLoop.Start();
        _languageLoop.Start();
        ParentProcess.WaitUntilGone(_stop);
        Thread.Sleep(Farewell);
    }

    public void Dispose() => _sockets.Dispose();

    // On the sockets' thread: sorts, and never waits.
    private void Receive(Channel channel, WireMessage message)
    {
        switch (channel)
        {
            case Channel.Control:
                _control.Answer(channel, message);
                break;
            case Channel.Stdin:
                _stdin.Receive(message);
                break;
            default:
                (NeedsCells(message) ? _cellLoop : _languageLoop).Add(channel, message);
                break;
        }
    }

    // History waits for the cells sent before it; all else can be answered while one runs.
    private static bool NeedsCells(WireMessage message) => message.Type is "execute_request" or "history_request";

    private object? HandleShell(WireMessage message) => message.Type switch
    {
        "execute_request" => _cells.Execute(message),
        "history_request" => _history.Find(message.Read(JupyterJson.Default.HistoryRequest)),
        "complete_request" => _language.Complete(message.Read(JupyterJson.Default.CompleteRequest)),
        "inspect_request" => _language.Inspect(message.Read(JupyterJson.Default.InspectRequest)),
        "is_complete_request" => LanguageRequests.IsComplete(message.Read(JupyterJson.Default.IsCompleteRequest)),
        "comm_info_request" => new CommInfoReply([]),
        "comm_open" => CloseComm(message),
        _ => HandleControl(message),
    };

    private object? HandleControl(WireMessage message) => message.Type switch
    {
        "kernel_info_request" => KernelInfo(),
        "interrupt_request" => Interrupt(),
        "shutdown_request" => Shutdown(message),
        _ => null,
    };

    private KernelInfoReply KernelInfo()
    {
        // The first thing that clients ask. The compiler gets ready while they take the answer in, not before it.
        _ = _warmUp.Value;
        return new KernelInfoReply(
            MessageHeader.ProtocolVersion,
            KernelIdentity.Name,
            KernelIdentity.Version,
            KernelIdentity.LanguageInfo(),
            $"UniVG {KernelIdentity.Version}: C# and #!univg; '#!univg help' lists the commands.",
            Debugger: false,
            SupportedFeatures: [],
            HelpLinks: []);
    }

    private InterruptReply Interrupt()
    {
        _cells.Interrupt();
        return new InterruptReply();
    }

    private ShutdownMessage Shutdown(WireMessage message)
    {
        var reply = message.Read(JupyterJson.Default.ShutdownMessage) with { Status = "ok" };
        _sockets.Broadcast(message, "shutdown_reply", reply);
        _stop.Set();
        return reply;
    }

    // No target is known here; a client that hears nothing would wait.
    private object? CloseComm(WireMessage message)
    {
        var comm = message.Read(JupyterJson.Default.CommMessage);
        _sockets.Broadcast(message, "comm_close", comm with { Data = [] });
        return null;
    }
}
