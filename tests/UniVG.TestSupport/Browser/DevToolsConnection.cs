using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UniVG.TestSupport.Browser;

/// <summary>Commands and events of Chromium's DevTools protocol over one web socket. Used by one thread at a time.</summary>
/// <param name="onEvent">Told of each event: its method and parameters.</param>
internal sealed class DevToolsConnection(Action<string, JsonNode> onEvent) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ClientWebSocket _socket = new();
    private readonly Dictionary<int, JsonNode> _answers = [];
    private int _lastId;

    /// <summary>The page that commands are for; null for the browser itself.</summary>
    public string? Session { get; set; }

    public Task ConnectAsync(string address) => _socket.ConnectAsync(new Uri(address), CancellationToken.None);

    /// <summary>Sends a command and waits for its answer.</summary>
    public async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        var id = ++_lastId;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (Session is not null) message["sessionId"] = Session;
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        JsonNode? answer;
        while (!_answers.Remove(id, out answer)) await ReceiveAsync();
        return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
    }

    /// <summary>Takes in one message: an answer, kept until it is asked for, or an event.</summary>
    public async Task ReceiveAsync()
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var content = new MemoryStream();
        var buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), timeout.Token);
            content.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        var message = JsonNode.Parse(content.ToArray()) ?? throw new JsonException("An empty message from Chromium.");
        if (message["id"] is { } id) _answers[(int)id] = message;
        else onEvent((string)message["method"]!, message["params"]!);
    }

    public void Dispose() => _socket.Dispose();
}
