using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace UniVG.Notebooks.Tests.Browser;

/// <summary>
/// A page in a headless Chromium, driven over its DevTools protocol: no package and no Node needed, only the browser. It notes every
/// error and every request that leaves the page.
/// </summary>
internal sealed class ChromiumPage : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private readonly Process _browser;
    private readonly string _folder;
    private readonly ClientWebSocket _socket = new();
    private readonly Dictionary<int, JsonNode> _answers = [];
    private int _lastId;
    private string? _session;
    private bool _isLoaded;

    private ChromiumPage(Process browser, string folder)
    {
        _browser = browser;
        _folder = folder;
    }

    /// <summary>Where Chromium is, or null.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Errors on the console, uncaught exceptions and violations, in order.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Addresses requested that are not part of the page itself.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Opens a page and waits until it is loaded.</summary>
    public static async Task<ChromiumPage> OpenAsync(string html, bool scripts = true)
    {
        var folder = Directory.CreateTempSubdirectory("univg-chromium-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "page.html"), html);
        var start = new ProcessStartInfo(Executable!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in new[]
        {
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
            "--user-data-dir=" + Path.Combine(folder, "profile"), "--window-size=860,900", "about:blank",
        })
            start.ArgumentList.Add(argument);
        var page = new ChromiumPage(Process.Start(start)!, folder);
        try
        {
            await page.ConnectAsync();
            await page.NavigateAsync(new Uri(Path.Combine(folder, "page.html")).AbsoluteUri, scripts);
            return page;
        }
        catch
        {
            await page.DisposeAsync();
            throw;
        }
    }

    /// <summary>Evaluates JavaScript (a promise is awaited) and returns its value.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new JsonObject
        {
            ["expression"] = expression,
            ["awaitPromise"] = true,
            ["returnByValue"] = true,
        });
        Assert.True(answer["exceptionDetails"] is null, answer["exceptionDetails"]?.ToJsonString());
        return answer["result"]!["value"];
    }

    /// <summary>Waits until an expression becomes true in the page.</summary>
    public async Task WaitForAsync(string condition)
    {
        var became = await EvaluateAsync($$"""
            new Promise(resolve => {
              const end = performance.now() + 20000;
              (function check() {
                if ({{condition}}) resolve(true);
                else if (performance.now() > end) resolve(false);
                else setTimeout(check, 20);
              })();
            })
            """);
        Assert.True((bool)became!, $"the page never satisfied {condition}; errors: {string.Join(" | ", Errors)}");
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _browser.Kill(entireProcessTree: true);
        await _browser.WaitForExitAsync();
        _browser.Dispose();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A helper process of the browser may still be writing; the folder is in the temporary folder.
        }
    }

    private async Task ConnectAsync()
    {
        const string announcement = "DevTools listening on ";
        var address = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _browser.ErrorDataReceived += (_, received) =>
        {
            if (received.Data?.StartsWith(announcement, StringComparison.Ordinal) == true)
                address.TrySetResult(received.Data[announcement.Length..]);
            else if (received.Data is null)
                address.TrySetException(new IOException("Chromium ended before it listened."));
        };
        _browser.BeginErrorReadLine();
        _browser.BeginOutputReadLine();
        await _socket.ConnectAsync(new Uri(await address.Task), CancellationToken.None);
    }

    private async Task NavigateAsync(string address, bool scripts)
    {
        var target = await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await SendAsync("Target.attachToTarget", new JsonObject { ["targetId"] = target["targetId"]!.DeepClone(), ["flatten"] = true });
        _session = (string)attached["sessionId"]!;
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
            await SendAsync(domain + ".enable");
        if (!scripts)
            await SendAsync("Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = true });
        await SendAsync("Page.navigate", new JsonObject { ["url"] = address });
        while (!_isLoaded)
            Note(await ReceiveAsync());
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject? parameters = null)
    {
        var id = ++_lastId;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (_session is not null)
            message["sessionId"] = _session;
        await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, CancellationToken.None);
        JsonNode? answer;
        while (!_answers.Remove(id, out answer))
            Note(await ReceiveAsync());
        return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]?.ToJsonString()}");
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var message = new MemoryStream();
        var buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), timeout.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);
        return JsonNode.Parse(message.ToArray()) ?? throw new JsonException("An empty message from Chromium.");
    }

    private void Note(JsonNode message)
    {
        if (message["id"] is { } id)
        {
            _answers[(int)id] = message;
            return;
        }

        var details = message["params"]!;
        switch ((string)message["method"]!)
        {
            case "Page.loadEventFired":
                _isLoaded = true;
                break;
            case "Runtime.exceptionThrown":
            case "Log.entryAdded" when (string?)details["entry"]!["level"] == "error":
            case "Runtime.consoleAPICalled" when (string?)details["type"] == "error":
                Errors.Add(details.ToJsonString());
                break;
            case "Network.requestWillBeSent" when new Uri((string)details["request"]!["url"]!).Scheme is not ("file" or "data" or "blob" or "about"):
                Requests.Add((string)details["request"]!["url"]!);
                break;
        }
    }
}
