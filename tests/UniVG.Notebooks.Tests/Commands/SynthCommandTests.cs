using UniVG.Diffusion;
using UniVG.Notebooks.Commands;
using UniVG.Notebooks.Session;
using UniVG.Notebooks.Tests.Displays;

namespace UniVG.Notebooks.Tests.Commands;

public sealed class SynthCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-synth-").FullName;
    private readonly UniVGSession _session = new();

    public void Dispose()
    {
        _session.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Pictures_maps_and_statistics_are_shown()
    {
        var host = await RunAsync("synth retinal fundus --count 2 --size 48 --masks --centrelines --labels");

        var display = Assert.Single(host.Displays);
        Assert.Equal(8, MarkupAssert.WellFormed(display).Descendants("img").Count());
        Assert.Contains("Murray exponent", host.Text, StringComparison.Ordinal);
        Assert.Contains("3.00", host.Text, StringComparison.Ordinal);
        Assert.True(display.Data.ContainsKey("image/png"));
    }

    [Fact]
    public async Task Data_set_is_written_once_and_again_only_when_asked()
    {
        var concept = Path.Combine(_folder, "10_speckle");
        var line = $"synth \"laser speckle\" --count 2 --size 32 --masks --output \"{concept}\"";

        Assert.Contains(concept, (await RunAsync(line)).Text, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(concept, "masks", "001.png")));
        Assert.Contains("--overwrite", await FaultAsync(line), StringComparison.Ordinal);
        await RunAsync(line + " --overwrite");
    }

    [Theory]
    [InlineData("synth", "modality")]
    [InlineData("synth mammogram", "retinal fundus")]
    [InlineData("synth laser speckle --size 8", "at least 16")]
    [InlineData("synth laser speckle --captions", "--output")]
    [InlineData("synth laser speckle --region no/such.png", "no/such.png")]
    public async Task Bad_line_is_answered_by_one_sentence(string line, string part)
    {
        var message = await FaultAsync(line);

        Assert.Contains(part, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private async Task<RecordingHost> RunAsync(string line)
    {
        var host = new RecordingHost();
        await new CommandRunner(_session).RunAsync(line, "", host);
        return host;
    }

    private async Task<string> FaultAsync(string line) =>
        (await Assert.ThrowsAnyAsync<UniVGException>(() => RunAsync(line))).Message;
}
