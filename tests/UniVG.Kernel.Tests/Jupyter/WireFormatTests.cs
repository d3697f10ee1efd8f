using System.Text;
using System.Text.Json.Nodes;
using UniVG.Kernel.Jupyter;
using UniVG.Kernel.Jupyter.Protocol;

namespace UniVG.Kernel.Tests.Jupyter;

public class WireFormatTests
{
    private readonly WireFormat _format = new(new MessageSigner("secret"));

    [Fact]
    public void A_signature_is_the_hmac_of_the_four_parts()
    {
        // RFC 4231, test case 2: key "Jefe", data "what do ya want for nothing?", cut into four.
        var signature = new MessageSigner("Jefe").Sign("what do "u8.ToArray(), "ya want "u8.ToArray(), "for "u8.ToArray(), "nothing?"u8.ToArray());

        Assert.Equal("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", signature);
    }

    [Fact]
    public void An_empty_key_means_no_signatures()
    {
        var signer = new MessageSigner("");

        Assert.Equal("", signer.Sign([], [], [], []));
        Assert.True(signer.Verify("anything"u8, [], [], [], []));
    }

    [Fact]
    public void A_message_survives_the_round_trip()
    {
        var frames = _format.Build([[1], [2, 3]], "stream", parent: null, new StreamText("stdout", "héllo <b>"));

        var message = _format.Parse(frames);

        Assert.NotNull(message);
        Assert.Equal("stream", message.Type);
        Assert.Equal([[1], [2, 3]], message.Identities);
        Assert.Equal(new StreamText("stdout", "héllo <b>"), message.Read(JupyterJson.Default.StreamText));
    }

    [Fact]
    public void An_answer_repeats_the_bytes_of_the_requests_header()
    {
        const string Header = "{ \"msg_id\" : \"7\",\"session\":\"s\",\"username\":\"u\",\"date\":\"d\",\"msg_type\":\"execute_request\",\"version\":\"5.3\" }";
        var request = new WireMessage([[9]], Encoding.UTF8.GetBytes(Header), "execute_request", "{}"u8.ToArray());

        var frames = _format.Build(request.Identities, "execute_reply", request, new InterruptReply());

        Assert.Equal(Header, Encoding.UTF8.GetString(frames[4]));
    }

    [Fact]
    public void The_header_has_what_the_protocol_asks_for()
    {
        var frames = _format.Build([], "status", parent: null, new KernelStatus("busy"));

        var header = JsonNode.Parse(frames[2])!;
        Assert.Equal("5.3", (string?)header["version"]);
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$", (string?)header["date"]);
        Assert.Equal("{\"execution_state\":\"busy\"}", Encoding.UTF8.GetString(frames[5]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_changed_frame_is_noticed(int frame)
    {
        var frames = _format.Build([], "status", parent: null, new KernelStatus("busy")).ToList();
        frames[frame] = [.. frames[frame], (byte)' '];

        Assert.Null(_format.Parse(frames));
    }

    [Fact]
    public void Too_few_frames_are_no_message()
    {
        var frames = _format.Build([[1]], "status", parent: null, new KernelStatus("busy"));

        for (var count = 0; count < frames.Count; count++) Assert.Null(_format.Parse([.. frames.Take(count)]));
    }

    [Fact]
    public void A_header_that_is_no_json_is_no_message() =>
        Assert.Null(new WireFormat(new MessageSigner("")).Parse(["<IDS|MSG>"u8.ToArray(), [], "{"u8.ToArray(), [], [], []]));
}
