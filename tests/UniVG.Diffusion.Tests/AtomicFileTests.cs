using UniVG.Diffusion.Images;
using UniVG.Diffusion.Tests.Checkpoints;

namespace UniVG.Diffusion.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_write_that_fails_half_way_leaves_the_file_as_it_was_and_nothing_beside_it(bool durable)
    {
        var path = _folder[Path.Combine("new", "a.txt")];
        AtomicFile.WriteText(path, "before");

        var e = Assert.Throws<UniVGException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(1);
            throw new IOException($"No space left on device : '{path}.partial'");
        }, durable));
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Replace(path, _ => throw new InvalidOperationException(), durable));

        Assert.Equal($"'{path}' cannot be written: No space left on device.", e.Message);
        Assert.Equal("before", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFiles(Path.GetDirectoryName(path)!));

        AtomicFile.Write(path, stream => stream.Write("after"u8), durable);
        Assert.Equal("after", File.ReadAllText(path));
        Assert.Equal([path], Directory.EnumerateFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_folder_in_the_place_is_found_before_writing_and_trying_out_leaves_nothing()
    {
        AtomicFile.TryOut(_folder["free"]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.FullName));

        Directory.CreateDirectory(_folder["taken"]);
        Assert.Throws<IOException>(() => AtomicFile.TryOut(_folder["taken"]));
        Assert.Contains("it is a folder", Assert.Throws<UniVGException>(() => ImageFile.SavePng(new RgbImage(8, 8), _folder["taken"])).Message, StringComparison.Ordinal);
    }
}
