using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace UniVG.TestSupport.Browser;

/// <summary>
/// A page in a headless Chromium of its own, driven over the DevTools protocol: no package and no Node needed, only the browser. It
/// notes every error and every request that leaves the page's own server.
/// </summary>
public sealed class ChromiumPage : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

    private static readonly string[] Arguments =
    [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-extensions",
        "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
    ];

    private readonly Process _browser;
    private readonly string _folder;
    private readonly DevToolsConnection _connection;
    private Uri _address = new("about:blank");
    private bool _isLoaded;

    private ChromiumPage(Process browser, string folder)
    {
        _browser = browser;
        _folder = folder;
        _connection = new DevToolsConnection(Note);
    }

    /// <summary>Where Chromium is, or null.</summary>
    public static string? Executable { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <summary>Errors on the console, uncaught exceptions and violations, in order.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>Addresses requested from elsewhere than the page's own server (or file).</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Skips the running test where there is no Chromium.</summary>
    public static void SkipIfAbsent() => Assert.SkipWhen(Executable is null, "needs Chromium (Debian: apt-get install chromium)");

    /// <summary>Opens a page of this content and waits until it is loaded.</summary>
    /// <param name="html">The whole page.</param>
    /// <param name="scripts">Whether its scripts run.</param>
    /// <param name="width">The window's width in CSS pixels.</param>
    public static async Task<ChromiumPage> OpenAsync(string html, bool scripts = true, int width = 860)
    {
        var folder = Directory.CreateTempSubdirectory("univg-page-").FullName;
        var file = Path.Combine(folder, "page.html");
        await File.WriteAllTextAsync(file, html);
        return await StartAsync(folder, new Uri(file), scripts, width);
    }

    /// <summary>Opens an address, such as a Jupyter server's, and waits until it is loaded.</summary>
    public static Task<ChromiumPage> VisitAsync(Uri address, int width = 1100)
        => StartAsync(Directory.CreateTempSubdirectory("univg-page-").FullName, address, scripts: true, width);

    /// <summary>Evaluates JavaScript (a promise is awaited) and returns its value.</summary>
    public async Task<JsonNode?> EvaluateAsync(string expression)
    {
        var answer = await _connection.SendAsync("Runtime.evaluate", new JsonObject
        {
            ["expression"] = expression,
            ["awaitPromise"] = true,
            ["returnByValue"] = true,
        });
        Assert.True(answer["exceptionDetails"] is null, answer["exceptionDetails"]?.ToJsonString());
        return answer["result"]!["value"];
    }

    /// <summary>Evaluates JavaScript and returns its value, which must be of this type.</summary>
    public async Task<T> EvaluateAsync<T>(string expression)
        => (await EvaluateAsync(expression) ?? throw new InvalidOperationException(expression + " is undefined")).GetValue<T>();

    /// <summary>Waits until an expression becomes true in the page.</summary>
    /// <param name="condition">JavaScript.</param>
    /// <param name="seconds">How long at most, on a machine that may be busy.</param>
    public async Task WaitForAsync(string condition, int seconds = 60)
    {
        var became = await EvaluateAsync<bool>($$"""
            new Promise(resolve => {
              const end = performance.now() + {{seconds}} * 1000;
              (function check() {
                if ({{condition}}) resolve(true);
                else if (performance.now() > end) resolve(false);
                else setTimeout(check, 20);
              })();
            })
            """);
        Assert.True(became, $"the page never satisfied {condition}; errors: {string.Join(" | ", Errors)}");
    }

    /// <summary>Clicks the middle of the first element that a CSS selector finds, as a mouse does.</summary>
    public Task ClickAsync(string selector) => DragAsync(selector, 0.5, 0.5);

    /// <summary>Presses the mouse in an element, moves it sideways, and lets go.</summary>
    /// <param name="selector">The element.</param>
    /// <param name="from">Where it is pressed, as a share of the element's width.</param>
    /// <param name="to">Where it is let go.</param>
    /// <param name="meanwhile">Done while the mouse is pressed, before it moves.</param>
    public async Task DragAsync(string selector, double from, double to, Func<Task>? meanwhile = null)
    {
        var box = (await EvaluateAsync($$"""
            (() => {
              const element = document.querySelector({{JsonValue.Create(selector).ToJsonString()}});
              element.scrollIntoView({ block: "center" });
              const { left, top, width, height } = element.getBoundingClientRect();
              return [left, top + height / 2, width];
            })()
            """))!.AsArray();
        double Left(double share) => (double)box[0]! + (double)box[2]! * share;
        foreach (var (type, x) in new[] { ("mouseMoved", Left(from)), ("mousePressed", Left(from)), ("mouseMoved", Left(to)), ("mouseReleased", Left(to)) })
        {
            await _connection.SendAsync("Input.dispatchMouseEvent", new JsonObject
            {
                ["type"] = type,
                ["x"] = x,
                ["y"] = (double)box[1]!,
                ["button"] = "left",
                ["buttons"] = type == "mouseReleased" ? 0 : 1,
                ["clickCount"] = type == "mouseMoved" ? 0 : 1,
            });
            if (type == "mousePressed" && meanwhile is not null) await meanwhile();
        }
    }

    /// <summary>Presses and releases a key that types nothing, such as <c>ArrowLeft</c> (37) or <c>Tab</c> (9).</summary>
    /// <param name="key">Its name.</param>
    /// <param name="code">Its Windows virtual key code.</param>
    public async Task PressAsync(string key, int code)
    {
        foreach (var type in new[] { "rawKeyDown", "keyUp" })
        {
            await _connection.SendAsync(
                "Input.dispatchKeyEvent", new JsonObject { ["type"] = type, ["key"] = key, ["code"] = key, ["windowsVirtualKeyCode"] = code });
        }
    }

    /// <summary>Types into the focused element.</summary>
    public Task TypeAsync(string text) => _connection.SendAsync("Input.insertText", new JsonObject { ["text"] = text });

    /// <summary>Goes on as on a screen whose user prefers dark pages.</summary>
    public Task PreferDarkAsync() => _connection.SendAsync("Emulation.setEmulatedMedia", new JsonObject
    {
        ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = "dark" }),
    });

    /// <summary>Takes a picture of the whole page, for people to look at.</summary>
    /// <returns>The bytes of a PNG.</returns>
    public async Task<byte[]> ScreenshotAsync()
    {
        var shot = await _connection.SendAsync("Page.captureScreenshot", new JsonObject { ["captureBeyondViewport"] = true });
        return Convert.FromBase64String((string)shot["data"]!);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _connection.Dispose();
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

    private static async Task<ChromiumPage> StartAsync(string folder, Uri address, bool scripts, int width)
    {
        var start = new ProcessStartInfo(Executable!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[.. Arguments, "--user-data-dir=" + Path.Combine(folder, "profile"), $"--window-size={width},900", "about:blank"])
            start.ArgumentList.Add(argument);
        var page = new ChromiumPage(Process.Start(start)!, folder);
        try
        {
            await page.ConnectAsync();
            await page.NavigateAsync(address, scripts);
            return page;
        }
        catch
        {
            await page.DisposeAsync();
            throw;
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
        await _connection.ConnectAsync(await address.Task);
    }

    private async Task NavigateAsync(Uri address, bool scripts)
    {
        _address = address;
        var target = await _connection.SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await _connection.SendAsync(
            "Target.attachToTarget", new JsonObject { ["targetId"] = target["targetId"]!.DeepClone(), ["flatten"] = true });
        _connection.Session = (string)attached["sessionId"]!;
        foreach (var domain in new[] { "Page", "Runtime", "Log", "Network" })
            await _connection.SendAsync(domain + ".enable");
        if (!scripts)
            await _connection.SendAsync("Emulation.setScriptExecutionDisabled", new JsonObject { ["value"] = true });
        await _connection.SendAsync("Page.navigate", new JsonObject { ["url"] = address.AbsoluteUri });
        while (!_isLoaded)
            await _connection.ReceiveAsync();
    }

    private void Note(string method, JsonNode details)
    {
        switch (method)
        {
            case "Page.loadEventFired":
                _isLoaded = true;
                break;
            case "Runtime.exceptionThrown":
            case "Log.entryAdded" when (string?)details["entry"]!["level"] == "error":
            case "Runtime.consoleAPICalled" when (string?)details["type"] == "error":
                Errors.Add(details.ToJsonString());
                break;
            case "Network.requestWillBeSent" when IsForeign(new Uri((string)details["request"]!["url"]!)):
                Requests.Add((string)details["request"]!["url"]!);
                break;
        }
    }

    private bool IsForeign(Uri requested)
        => requested.Scheme is not ("file" or "data" or "blob" or "about") && requested.Authority != _address.Authority;
}
