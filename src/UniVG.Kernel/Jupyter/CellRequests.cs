using System.Diagnostics;
using System.Text.Json.Nodes;
using UniVG.Kernel.Execution;
using UniVG.Kernel.Jupyter.Protocol;

namespace UniVG.Kernel.Jupyter;

/// <summary>Answers <c>execute_request</c>: runs cells, numbers them, and drops those queued behind a failing one.</summary>
internal sealed class CellRequests(NotebookSession session, IMessageSender sender, StdinChannel stdin, History history)
{
    // Requests that the client had sent before it could know of the failure may still be on their way.
    private static readonly TimeSpan AbortGrace = TimeSpan.FromMilliseconds(20);

    private volatile CancellationTokenSource? _running;
    private int _count;
    private long _abortBefore;

    /// <summary>Interrupts the running cell; nothing happens when none runs.</summary>
    public void Interrupt()
    {
        // On another thread: what the cell registered on its token may take its time.
        if (_running is { } running) Task.Run(running.Cancel);
    }

    /// <summary>Runs the cell of a request.</summary>
    public object Execute(WireMessage message)
    {
        if (message.ReceivedAt < _abortBefore) return new ExecuteAbortedReply(_count);

        var request = message.Read(JupyterJson.Default.ExecuteRequest);
        var isStored = request is { StoreHistory: true, Silent: false };
        if (isStored) _count++;
        if (!request.Silent) sender.Broadcast(message, "execute_input", new ExecuteInput(request.Code, _count));

        var interrupt = new CancellationTokenSource();
        _running = interrupt;
        var output = new JupyterCellOutput(sender, message, request.AllowStdin ? Ask : null);
        var result = session.RunAsync(request.Code, _count, output, interrupt.Token).GetAwaiter().GetResult();
        _running = null;
        output.Flush();
        if (isStored) history.Add(_count, request.Code, result.Value?.PlainText ?? "");
        return result.Error is null ? Succeed(request, result, output) : Fail(request, result.Error, output);

        string Ask(string prompt, bool isPassword) => stdin.Ask(message, prompt, isPassword, interrupt.Token);
    }

    private ExecuteReply Succeed(ExecuteRequest request, CellResult result, JupyterCellOutput output)
    {
        if (result.Value is not null && !request.Silent)
        {
            output.Broadcast("execute_result", new ExecuteResult(_count, MimeJson.DataOf(result.Value), []));
        }

        var expressions = new JsonObject();
        foreach (var (name, code) in request.UserExpressions ?? new Dictionary<string, string>()) expressions[name] = Evaluate(code, output);
        output.Flush();
        return new ExecuteReply(_count, expressions, []);
    }

    private ExecuteErrorReply Fail(ExecuteRequest request, CellError error, JupyterCellOutput output)
    {
        if (!request.Silent) output.Broadcast("error", new ErrorReply(error.Name, error.Message, error.Traceback));
        if (request.StopOnError)
        {
            Thread.Sleep(AbortGrace);
            _abortBefore = Stopwatch.GetTimestamp();
        }

        return new ExecuteErrorReply(_count, error.Name, error.Message, error.Traceback, [], []);
    }

    private JsonObject Evaluate(string code, JupyterCellOutput output)
    {
        var result = session.RunAsync(code, _count, output, CancellationToken.None).GetAwaiter().GetResult();
        return result.Error is { } error
            ? new JsonObject
            {
                ["status"] = "error",
                ["ename"] = error.Name,
                ["evalue"] = error.Message,
                ["traceback"] = new JsonArray([.. error.Traceback.Select(line => (JsonNode)line)]),
            }
            : new JsonObject
            {
                ["status"] = "ok",
                ["data"] = result.Value is null ? new JsonObject() : MimeJson.DataOf(result.Value),
                ["metadata"] = new JsonObject(),
            };
    }
}
