using System.Net;
using System.Net.Sockets;
using UniVG.Diffusion.Tests.Checkpoints;
using UniVG.Diffusion.Text;

namespace UniVG.Diffusion.Tests.Text;

public sealed class ClipVocabularyDownloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_genuine_file_is_fetched_and_kept()
    {
        var genuine = await File.ReadAllBytesAsync(ClipFiles.Vocabulary(), TestContext.Current.CancellationToken);
        var target = _folder[Path.Combine("cache", ClipVocabularyDownload.FileName)];

        await WhileServing(genuine, source => ClipVocabularyDownload.Fetch(target, source));

        Assert.Equal(genuine, await File.ReadAllBytesAsync(target, TestContext.Current.CancellationToken));
        Assert.Equal(49408, ClipVocabulary.FromOpenAI(target).Ids.Count);
    }

    [Fact]
    public async Task A_file_with_one_changed_byte_is_refused_and_not_kept()
    {
        var changed = await File.ReadAllBytesAsync(ClipFiles.Vocabulary(), TestContext.Current.CancellationToken);
        changed[^1] ^= 1;

        await WhileServing(changed, source => Assert.Contains(
            "another file than CLIP's vocabulary",
            Assert.Throws<UniVGException>(() => ClipVocabularyDownload.Fetch(_folder["x.gz"], source)).Message,
            StringComparison.Ordinal));

        Assert.Empty(Directory.EnumerateFiles(_folder.FullName));
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off() => await WhileServing(new byte[10_000_000], source =>
        Assert.Throws<UniVGException>(() => ClipVocabularyDownload.Fetch(_folder["x.gz"], source)));

    [Fact]
    public void Without_a_connection_the_message_says_what_to_do()
    {
        var fault = Assert.Throws<UniVGException>(() => ClipVocabularyDownload.Fetch(_folder["x.gz"], new Uri($"http://127.0.0.1:{FreePort()}/x.gz")));

        Assert.Contains("--tokenizer", fault.Message, StringComparison.Ordinal);
        Assert.Contains(_folder["x.gz"], fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault.Message);
    }

    private static async Task WhileServing(byte[] body, Action<Uri> act)
    {
        var url = $"http://127.0.0.1:{FreePort()}/";
        using var server = new HttpListener();
        server.Prefixes.Add(url);
        server.Start();
        var answer = Task.Run(async () =>
        {
            var context = await server.GetContextAsync();
            try
            {
                context.Response.ContentLength64 = body.Length;
                await context.Response.OutputStream.WriteAsync(body);
                context.Response.Close();
            }
            catch (HttpListenerException)
            {
                // The client hung up on a body that is too long.
            }
        });
        act(new Uri(url + ClipVocabularyDownload.FileName));
        await answer;
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
