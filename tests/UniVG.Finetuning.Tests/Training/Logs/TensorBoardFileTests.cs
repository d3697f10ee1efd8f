using UniVG.Diffusion;
using UniVG.Finetuning.Training.Logs;

namespace UniVG.Finetuning.Tests.Training.Logs;

public sealed class TensorBoardFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // RFC 3720, B.4.
    [Theory]
    [InlineData(0, 0x8A9136AAu)]
    [InlineData(0xff, 0x62A8AB43u)]
    public void Checksum_is_Castagnolis(byte value, uint expected)
    {
        var data = Enumerable.Repeat(value, 32).ToArray();

        Assert.Equal(expected, EventFileReader.Crc32C(data));
        Assert.Equal(((expected >> 15) | (expected << 17)) + 0xa282ead8, MaskedCrc32C.Of(data));
    }

    [Fact]
    public void Scalars_read_back_with_their_steps()
    {
        using (var file = new TensorBoardFile(_folder))
        {
            file.Write(1, [new("loss/current", 0.5), new("lr/unet", 1e-4)]);
            file.Write(300, [new("loss/current", double.NaN)]);
        }

        var events = EventFileReader.Read(Assert.Single(Directory.GetFiles(_folder)));

        Assert.Equal("brain.Event:2", events[0].Version);
        Assert.Equal([0L, 1L, 300L], events.Select(e => e.Step));
        Assert.Equal(new Dictionary<string, float> { ["loss/current"] = 0.5f, ["lr/unet"] = 1e-4f }, events[1].Scalars);
        Assert.Equal(float.NaN, events[2].Scalars["loss/current"]);
    }

    [Fact]
    public void Resumed_log_tells_that_later_steps_were_lost()
    {
        using (new TensorBoardFile(_folder, firstStep: 26))
        {
        }

        var events = EventFileReader.Read(Assert.Single(Directory.GetFiles(_folder, "events.out.tfevents.*")));

        Assert.Equal((26L, true), (events[1].Step, events[1].IsSessionStart));
    }

    [Fact]
    public void Impossible_folder_is_one_sentence()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        Assert.Contains("--log-dir", Assert.Throws<UniVGException>(() => new TensorBoardFile(file)).Message, StringComparison.Ordinal);
    }
}
