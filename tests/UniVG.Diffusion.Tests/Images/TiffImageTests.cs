using System.Runtime.InteropServices;
using BitMiracle.LibTiff.Classic;
using UniVG.Diffusion.Images;

namespace UniVG.Diffusion.Tests.Images;

public class TiffImageTests
{
    private static readonly ImageReadOptions Whole = new() { Window = new GrayWindow(0, 65535) };

    public static TheoryData<bool, string, Compression> Layouts => new()
    {
        { false, "w", Compression.NONE }, { false, "wb", Compression.LZW }, { true, "wl", Compression.ADOBE_DEFLATE },
        { true, "wb", Compression.PACKBITS }, { false, "w8", Compression.LZW },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Deep_grey_is_read_from_strips_and_tiles_of_either_byte_order(bool tiled, string mode, Compression compression)
    {
        ushort[] samples = [.. Enumerable.Range(0, 37 * 21).Select(i => (ushort)(i * 84))];
        var file = new TestTiff(37, 21, 16, 1) { Tiled = tiled, Mode = mode, Compression = compression }.Encode(Bytes(samples));

        var image = ImageFile.Decode(file, "a.tif", Whole);

        Assert.Equal(samples.Select(v => Whole.Window!.Show(v)), image.Image.Pixels.Where((_, i) => i % 3 == 0));
        Assert.Equal((37, 21, Whole.Window), (image.Image.Width, image.Image.Height, image.Window));
    }

    [Fact]
    public void Hounsfield_units_and_floating_point_go_through_a_window()
    {
        short[] units = [-1000, 0, 400, 3000];
        float[] reals = [-0.5f, float.NaN, 0.25f, 1.5f];
        var ct = new TestTiff(4, 1, 16, 1) { Format = SampleFormat.INT }.Encode(Bytes(units));
        var real = new TestTiff(4, 1, 32, 1) { Format = SampleFormat.IEEEFP }.Encode(Bytes(reals));

        Assert.Equal([0, 128, 179, 255], Gray(ct, new ImageReadOptions { Window = new GrayWindow(-1000, 1000) }));
        Assert.Equal([0, 0, 64, 255], Gray(real, new ImageReadOptions { Window = new GrayWindow(0, 1) }));
        Assert.Equal(new GrayWindow(-1000, 3000), ImageFile.Decode(ct, "a.tif").Window);
    }

    [Fact]
    public void White_is_zero_is_inverted()
    {
        var deep = new TestTiff(2, 1, 16, 1) { Photometric = Photometric.MINISWHITE }.Encode(Bytes<ushort>([0, 65535]));
        var shallow = new TestTiff(2, 1, 8, 1) { Photometric = Photometric.MINISWHITE }.Encode([0, 255]);

        Assert.Equal([255, 0], Gray(deep, Whole));
        Assert.Equal([255, 0], Gray(shallow, Whole));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Colour_is_read_from_one_plane_or_three(int bits)
    {
        byte[] rgb = [10, 20, 30, 40, 50, 60];
        byte[] planes = [10, 40, 20, 50, 30, 60];
        byte[] Stored(byte[] values) => bits == 8 ? values : Bytes<ushort>([.. values.Select(v => (ushort)(v * 257))]);
        var file = new TestTiff(2, 1, bits, 3) { Photometric = Photometric.RGB };

        Assert.Equal(rgb, ImageFile.Decode(file.Encode(Stored(rgb)), "a.tif").Image.Pixels);
        Assert.Equal(rgb, ImageFile.Decode((file with { SeparatePlanes = true }).Encode(Stored(planes)), "a.tif").Image.Pixels);
    }

    [Fact]
    public void Palettes_become_colours()
    {
        var palette = new ushort[256 * 3];
        (palette[1], palette[256 + 1], palette[512 + 1]) = (10 << 8, 20 << 8, 30 << 8);
        var file = new TestTiff(2, 1, 8, 1) { Photometric = Photometric.PALETTE, Palette = palette }.Encode([1, 0]);

        Assert.Equal([10, 20, 30, 0, 0, 0], ImageFile.Decode(file, "a.tif").Image.Pixels);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Opacity_is_put_over_the_background(int bits)
    {
        byte[] rgba = [200, 100, 0, 255, 200, 100, 0, 0];
        var stored = bits == 8 ? rgba : Bytes<ushort>([.. rgba.Select(v => (ushort)(v * 257))]);
        var file = new TestTiff(2, 1, bits, 4) { Photometric = Photometric.RGB, Alpha = ExtraSample.UNASSALPHA }.Encode(stored);

        var image = ImageFile.Decode(file, "a.tif", new ImageReadOptions { Background = RgbColor.White });

        Assert.Equal([200, 100, 0, 255, 255, 255], image.Image.Pixels);
        Assert.Equal([255, 255, 255, 0, 0, 0], image.Alpha!.Pixels);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void The_orientation_tag_turns_the_picture(int bits)
    {
        // Tag 6: the first row is the right side.
        var stored = bits == 8 ? [10, 20] : Bytes<ushort>([10 * 257, 20 * 257]);
        var image = ImageFile.Decode(new TestTiff(2, 1, bits, 1) { Orientation = 6 }.Encode(stored), "a.tif", Whole).Image;

        Assert.Equal((1, 2), (image.Width, image.Height));
        Assert.Equal([10, 20], image.Pixels.Where((_, i) => i % 3 == 0));
    }

    [Fact]
    public void The_first_of_several_pages_is_read_and_the_number_told() =>
        Assert.Equal(3, ImageFile.Decode(new TestTiff(2, 2, 8, 1) { Pages = 3 }.Encode([1, 2, 3, 4]), "a.tif").Pages);

    [Fact]
    public void Damaged_and_unusual_files_are_named_with_a_reason()
    {
        var whole = new TestTiff(64, 64, 16, 1) { Compression = Compression.NONE }.Encode(Bytes<ushort>([.. Enumerable.Range(0, 64 * 64).Select(i => (ushort)i)]));
        for (var length = 4; length < whole.Length; length += 97) AssertNamed(whole[..length]);
        AssertNamed(new TestTiff(2, 1, 64, 1) { Format = SampleFormat.UINT, Compression = Compression.NONE }.Encode(new byte[16]), "64-bit");

        var random = new Random(1);
        for (var i = 0; i < 300; i++)
        {
            // Whatever a flipped byte makes of the file, it is a picture or a sentence.
            var broken = (byte[])whole.Clone();
            broken[random.Next(4, 8)] ^= (byte)(1 << random.Next(8));
            broken[whole.Length - 1 - random.Next(200)] ^= (byte)random.Next(256);
            Assert.True(Record.Exception(() => ImageFile.Decode(broken, "a.tif")) is null or UniVGException);
        }
    }

    private static void AssertNamed(byte[] file, string because = "damaged")
    {
        var message = Assert.Throws<UniVGException>(() => ImageFile.Decode(file, "x/a.tif")).Message;
        Assert.Contains("x/a.tif", message, StringComparison.Ordinal);
        Assert.Contains(because, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    private static IEnumerable<byte> Gray(byte[] file, ImageReadOptions options) => ImageFile.Decode(file, "a.tif", options).Image.Pixels.Where((_, i) => i % 3 == 0);

    private static byte[] Bytes<T>(T[] samples)
        where T : struct => MemoryMarshal.AsBytes(samples.AsSpan()).ToArray();
}
