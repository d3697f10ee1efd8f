using System.Buffers.Binary;
using System.Text;
using SkiaSharp;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Tests.Displays.Images;

public class PngImageTests
{
    private static readonly GenerationParameters Parameters = new("octa, vessels", 20, "Euler a", 7.5, 42, 48, 32)
    {
        NegativePrompt = "blurry",
        Model = "tiny",
    };

    [Fact]
    public void Encoded_pixels_are_the_images_pixels()
    {
        var image = TestPictures.Of(48, 32, 5);

        using var decoded = SKBitmap.Decode(PngImage.Encode(image));

        var pixels = decoded.Pixels.SelectMany(pixel => new[] { pixel.Red, pixel.Green, pixel.Blue });
        Assert.Equal(image.Pixels, pixels);
    }

    [Fact]
    public void Parameters_are_written_as_the_web_ui_writes_them()
    {
        var text = Chunks(PngImage.Encode(TestPictures.Of(48, 32, 5), Parameters)).Single(chunk => chunk.Type == "tEXt").Data;

        Assert.Equal(
            "parameters\0octa, vessels\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7.5, Seed: 42, Size: 48x32, Model: tiny",
            Encoding.Latin1.GetString(text));
    }

    [Fact]
    public void Prompts_beyond_latin_1_are_written_as_utf_8()
    {
        var png = PngImage.Encode(TestPictures.Of(8, 8, 1), Parameters with { Prompt = "血管" });

        var text = Chunks(png).Single(chunk => chunk.Type == "iTXt").Data;
        Assert.StartsWith("parameters\0\0\0\0\0血管\n", Encoding.UTF8.GetString(text), StringComparison.Ordinal);
        using var decoded = SKBitmap.Decode(png);
        Assert.Equal((8, 8), (decoded.Width, decoded.Height));
    }

    [Fact]
    public void Values_with_separators_are_quoted()
        => Assert.EndsWith(
            "Model: \"a, b\"", (Parameters with { Model = "a, b" }).ToString(), StringComparison.Ordinal);

    /// <summary>Reads all chunks and checks each CRC against the specification's bit-by-bit definition.</summary>
    private static List<(string Type, byte[] Data)> Chunks(byte[] png)
    {
        List<(string, byte[])> chunks = [];
        for (var at = 8; at < png.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at));
            var checkedBytes = png.AsSpan(at + 4, length + 4);
            Assert.Equal(Crc(checkedBytes), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 8 + length)));
            chunks.Add((Encoding.ASCII.GetString(checkedBytes[..4]), checkedBytes[4..].ToArray()));
            at += 12 + length;
        }

        Assert.Equal("IEND", chunks[^1].Item1);
        return chunks;
    }

    private static uint Crc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }

        return ~crc;
    }
}
