using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace UniVG.Kernel.Tests.Jupyter;

/// <summary>A running Jupyter Notebook; disposing it ends its kernels, too.</summary>
public sealed class NotebookServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private NotebookServer(Process process, int port)
    {
        _process = process;
        Address = new Uri($"http://127.0.0.1:{port}/");
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>What it said.</summary>
    public string Log
    {
        get
        {
            lock (_log) return _log.ToString();
        }
    }

    /// <summary>Starts a server and waits until it answers.</summary>
    /// <param name="start">Starts the process on a port.</param>
    public static async Task<NotebookServer> StartAsync(Func<int, Process> start)
    {
        var port = FreePort();
        var server = new NotebookServer(start(port), port);
        using var client = new HttpClient();
        var watch = Stopwatch.StartNew();
        while (!await AnswersAsync(client, new Uri(server.Address, "api")))
        {
            Assert.True(watch.Elapsed < Patience && !server._process.HasExited, server.Log);
            await Task.Delay(100);
        }

        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> AnswersAsync(HttpClient client, Uri address)
    {
        try
        {
            return (await client.GetAsync(address)).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void Note(string? line)
    {
        lock (_log) _log.AppendLine(line);
    }
}
