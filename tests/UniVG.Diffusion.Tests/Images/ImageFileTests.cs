using SkiaSharp;
using UniVG.Diffusion.Images;

namespace UniVG.Diffusion.Tests.Images;

public sealed class ImageFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-images-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Png_survives_a_round_trip_exactly()
    {
        var image = Pattern(37, 21);

        ImageFile.SavePng(image, Path.Combine(_folder, "new", "a.png"));
        var loaded = ImageFile.Load(Path.Combine(_folder, "new", "a.png"));

        Assert.Equal((37, 21), (loaded.Width, loaded.Height));
        Assert.Equal(image.Pixels, loaded.Pixels);
        Assert.Single(Directory.GetFiles(Path.Combine(_folder, "new")));
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Webp)]
    public void Lossy_formats_load_close_to_what_was_written(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(16, 8);
        bitmap.Erase(new SKColor(200, 100, 50));
        var path = Write("a.img", bitmap.Encode(format, 95).ToArray());

        var loaded = ImageFile.Load(path);

        Assert.Equal((16, 8), (loaded.Width, loaded.Height));
        Assert.InRange(loaded.Pixels[0], 195, 205);
        Assert.InRange(loaded.Pixels[1], 95, 105);
        Assert.InRange(loaded.Pixels[2], 45, 55);
    }

    [Fact]
    public void Bmp_loads()
    {
        // One row of two pixels, blue then red, stored B G R and padded to 8 bytes.
        byte[] bmp =
        [
            0x42, 0x4D, 62, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 24, 0,
            0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            255, 0, 0, 0, 0, 255, 0, 0,
        ];

        Assert.Equal([0, 0, 255, 255, 0, 0], ImageFile.Load(Write("a.bmp", bmp)).Pixels);
    }

    [Fact]
    public void Gray_and_palette_files_become_rgb()
    {
        var gray = Write("gray.png", TestPng.Encode(2, 8, TestPng.Gray, [[7, 250]]));
        var palette = Write("palette.png", TestPng.Encode(2, 8, TestPng.Palette, [[1, 0]], [1, 2, 3, 4, 5, 6]));

        Assert.Equal([7, 7, 7, 250, 250, 250], ImageFile.Load(gray).Pixels);
        Assert.Equal([4, 5, 6, 1, 2, 3], ImageFile.Load(palette).Pixels);
    }

    [Fact]
    public void A_grey_window_shows_the_full_depth_of_16_bit_files()
    {
        // 1000, 2000, 3000, 9000: the upper bytes alone would be 3, 7, 11 and 35.
        var deep = Write("deep.png", TestPng.Encode(4, 16, TestPng.Gray, [[0x03, 0xE8, 0x07, 0xD0, 0x0B, 0xB8, 0x23, 0x28]]));
        var plain = Write("plain.png", TestPng.Encode(1, 8, TestPng.Gray, [[7]]));
        var window = new ImageReadOptions { Window = new GrayWindow(1000, 3000) };

        Assert.Equal([0, 0, 0, 128, 128, 128, 255, 255, 255, 255, 255, 255], ImageFile.Load(deep, window).Pixels);
        Assert.Equal([7, 7, 7], ImageFile.Load(plain, window).Pixels);
        Assert.Throws<UniVGException>(() => ImageFile.Load(deep, new ImageReadOptions { Window = new GrayWindow(5, 5) }));
    }

    [Fact]
    public void Without_a_window_deep_grey_takes_its_own_from_the_0_5th_to_the_99_5th_percentile()
    {
        // 1000 values of 12-bit data, one dead and one hot pixel: the upper bytes alone would be 0 to 15.
        var values = Enumerable.Range(0, 1000).Select(i => i switch { 0 => 0, 999 => 65535, _ => 1000 + (i * 3) });
        var row = values.SelectMany(v => new[] { (byte)(v >> 8), (byte)v }).ToArray();

        var read = ImageFile.Read(Write("deep.png", TestPng.Encode(1000, 16, TestPng.Gray, [row])));

        Assert.Equal(new GrayWindow(1015, 3982), read.Window);
        Assert.Equal((0, 255), (read.Image.Pixels[0], read.Image.Pixels[^1]));
        Assert.InRange(read.Image.Pixels[500 * 3], 126, 128);
        Assert.Equal(256, read.Image.Pixels.Distinct().Count());
    }

    [Fact]
    public void Deep_grey_of_one_value_is_black_and_grey_stored_as_colour_is_windowed()
    {
        var constant = Write("flat.png", TestPng.Encode(2, 16, TestPng.Gray, [[9, 9, 9, 9]]));
        var asColor = Write("rgb.png", TestPng.Encode(2, 16, TestPng.Rgb, [[0, 9, 0, 9, 0, 9, 1, 0, 1, 0, 1, 0]]));
        var color = Write("color.png", TestPng.Encode(1, 16, TestPng.Rgb, [[0x12, 0x34, 0x80, 0x00, 0xFF, 0xFF]]));

        Assert.Equal([0, 0, 0, 0, 0, 0], ImageFile.Load(constant).Pixels);
        Assert.Equal([0, 0, 0, 255, 255, 255], ImageFile.Load(asColor).Pixels);
        Assert.Equal([0x12, 0x80, 0xFF], ImageFile.Load(color).Pixels);
        Assert.Null(ImageFile.Read(color).Window);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Filtered_16_bit_rows_agree_with_skia_on_the_upper_byte(byte filter)
    {
        var rows = Enumerable.Range(0, 9).Select(y => Enumerable.Range(0, 14).Select(x => (byte)((x * 37) + (y * 101))).ToArray()).ToArray();
        var path = Write("filtered.png", TestPng.Encode(7, 16, TestPng.Gray, rows, filter: filter));
        using var skia = SKBitmap.Decode(path);

        var full = ImageFile.Load(path, new ImageReadOptions { Window = new GrayWindow(0, 65535) });

        for (var y = 0; y < 9; y++)
        for (var x = 0; x < 7; x++)
            Assert.InRange(full.Pixels[((y * 7) + x) * 3] - skia.GetPixel(x, y).Red, -1, 1);
    }

    [Fact]
    public void Interlaced_16_bit_files_are_read()
    {
        // 3 × 3 in the passes of Adam7: (0,0); (2,0); (0,2) (2,2); (1,0) (1,2); (0,1) (1,1) (2,1).
        int[][] passes = [[0], [20], [2, 22], [10], [12], [1, 11, 21]];
        byte[][] rows = [.. passes.Select(pass => pass.SelectMany(v => new byte[] { (byte)v, 0 }).ToArray())];

        var image = ImageFile.Load(Write("adam7.png", TestPng.Encode(3, 16, TestPng.Gray, rows, interlaced: true, height: 3)), new ImageReadOptions { Window = new GrayWindow(0, 255 * 256) });

        Assert.Equal([0, 10, 20, 1, 11, 21, 2, 12, 22], image.Pixels.Where((_, i) => i % 3 == 0));
    }

    [Fact]
    public void Transparent_pixels_show_the_background_or_the_colour_under_them()
    {
        var path = Write("alpha.png", TestPng.Encode(2, 8, TestPng.Rgba, [[10, 20, 30, 0, 40, 50, 60, 128]]));
        var opaque = Write("opaque.png", TestPng.Encode(1, 8, TestPng.Rgba, [[10, 20, 30, 255]]));

        Assert.Equal([0, 0, 0, 20, 25, 30], ImageFile.Load(path).Pixels);
        Assert.Equal([255, 255, 255, 147, 152, 157], ImageFile.Load(path, new ImageReadOptions { Background = RgbColor.White }).Pixels);
        Assert.Equal([10, 20, 30, 40, 50, 60], ImageFile.Load(path, new ImageReadOptions { IgnoreAlpha = true }).Pixels);
        Assert.Equal([0, 0, 0, 128, 128, 128], ImageFile.Read(path).Alpha!.Pixels);
        Assert.Null(ImageFile.Read(opaque).Alpha);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(23)]
    public void Colour_and_opacity_of_each_pixel_are_read_whatever_the_width(int width)
    {
        byte[] row = [.. Enumerable.Range(1, width * 4).Select(i => (byte)i)];
        var image = ImageFile.Read(Write($"{width}.png", TestPng.Encode(width, 8, TestPng.Rgba, [row])), new ImageReadOptions { IgnoreAlpha = true });

        Assert.Equal(row.Where((_, i) => i % 4 != 3), image.Image.Pixels);
        Assert.Equal(row.Where((_, i) => i % 4 == 3).SelectMany(alpha => new[] { alpha, alpha, alpha }), image.Alpha!.Pixels);
    }

    [Fact]
    public void Camera_rotation_is_applied()
    {
        using var bitmap = new SKBitmap(32, 16);
        bitmap.Erase(SKColors.Black);
        for (var y = 0; y < 16; y++)
        for (var x = 0; x < 16; x++)
            bitmap.SetPixel(x, y, SKColors.White);
        var path = Write("turned.jpg", WithOrientation(bitmap.Encode(SKEncodedImageFormat.Jpeg, 95).ToArray(), 6));

        var loaded = ImageFile.Load(path);

        // Mark 6: turn a quarter clockwise; the white left half becomes the top.
        Assert.Equal((16, 32), (loaded.Width, loaded.Height));
        Assert.True(loaded.Pixels[(4 * 16 + 8) * 3] > 240);
        Assert.True(loaded.Pixels[(28 * 16 + 8) * 3] < 15);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void The_rotation_mark_of_png_files_is_applied(byte bits)
    {
        byte[] row = bits == 8 ? [10, 20] : [10, 0, 20, 0];
        var path = Write("turned.png", TestPng.Encode(2, bits, TestPng.Gray, [row], exif: TurnedExif));

        var loaded = ImageFile.Load(path, new ImageReadOptions { Window = new GrayWindow(0, 255 * 256) });

        Assert.Equal((1, 2), (loaded.Width, loaded.Height));
        Assert.Equal([10, 20], loaded.Pixels.Where((_, i) => i % 3 == 0));
    }

    [Fact]
    public void The_rotation_mark_of_webp_files_is_applied()
    {
        // An extended file: header with the flag for Exif, the picture's own chunk, then the mark.
        using var bitmap = new SKBitmap(32, 16);
        bitmap.Erase(SKColors.Gray);
        var simple = bitmap.Encode(SKEncodedImageFormat.Webp, 95).ToArray();
        byte[] body = [.. "WEBPVP8X"u8, 10, 0, 0, 0, 8, 0, 0, 0, 31, 0, 0, 15, 0, 0, .. PictureChunk(simple), .. "EXIF"u8, (byte)TurnedExif.Length, 0, 0, 0, .. TurnedExif];
        var path = Write("turned.webp", [.. "RIFF"u8, (byte)body.Length, (byte)(body.Length >> 8), 0, 0, .. body]);

        var loaded = ImageFile.Load(path);

        Assert.Equal((16, 32), (loaded.Width, loaded.Height));

        // Skia writes an extended header of its own where it adds a colour profile.
        static byte[] PictureChunk(byte[] file) => file[file.AsSpan().LastIndexOf("VP8 "u8)..];
    }

    [Fact]
    public void Damaged_and_foreign_files_are_named_in_one_sentence()
    {
        var whole = ImageFile.EncodePng(Pattern(64, 64));
        var cut = Write("cut.png", whole[..(whole.Length / 2)]);
        var text = Write("text.png", "not a picture"u8.ToArray());
        var missing = Path.Combine(_folder, "missing.png");

        foreach (var path in new[] { cut, text, missing })
        {
            var message = Assert.Throws<UniVGException>(() => ImageFile.Load(path)).Message;
            Assert.Contains(path, message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', message);
        }
    }

    [Fact]
    public void Saving_where_nothing_can_be_written_says_so()
    {
        var blocked = Write("file", [1]);

        var error = Assert.Throws<UniVGException>(() => ImageFile.SavePng(Pattern(2, 2), Path.Combine(blocked, "a.png")));

        Assert.Contains("a.png", error.Message, StringComparison.Ordinal);
    }

    // Orientation 6 alone, big-endian.
    private static byte[] TurnedExif => [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];

    private static RgbImage Pattern(int width, int height)
    {
        var image = new RgbImage(width, height);
        for (var i = 0; i < image.Pixels.Length; i++) image.Pixels[i] = (byte)(i * 7919 >> 3);
        return image;
    }

    // An Exif segment with the orientation tag alone, put behind the start of the file.
    private static byte[] WithOrientation(byte[] jpeg, byte orientation)
    {
        byte[] exif =
        [
            0xFF, 0xE1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1,
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }
}
