using UniVG.Diffusion;
using UniVG.Diffusion.Images;
using UniVG.Finetuning.Evaluation;

namespace UniVG.Finetuning.Tests.Evaluation;

public sealed class ImageFolderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-real-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Pictures_of_a_folder_are_read_and_those_below_it_only_where_it_has_none()
    {
        Save("10_modality/a.png");
        Save("10_modality/masks/a.png");
        Assert.Single(Read().Images);

        Save("b.png");
        Save("c.png");
        Assert.Equal(2, Read().Images.Count);
    }

    [Fact]
    public void Unreadable_picture_is_named_and_the_others_are_read()
    {
        Save("a.png");
        File.WriteAllText(Path.Combine(_folder, "broken.png"), "no picture");
        File.WriteAllText(Path.Combine(_folder, "notes.txt"), "no picture either");

        var folder = Read();

        Assert.Single(folder.Images);
        Assert.Contains("broken.png", Assert.Single(folder.Skipped).Path, StringComparison.Ordinal);
        Assert.Equal(2, folder.Found);
    }

    [Fact]
    public void Folder_that_cannot_be_used_is_named()
    {
        var file = Path.Combine(_folder, "file");
        Assert.Contains("no pictures", Fault(_folder), StringComparison.Ordinal);
        File.WriteAllText(file, "");
        Assert.Contains("is a file", Fault(file), StringComparison.Ordinal);
        Assert.Contains("no folder", Fault(file + "2"), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "broken.png"), "no picture");
        Assert.Contains("broken.png", Fault(_folder), StringComparison.Ordinal);
    }

    private static string Fault(string path) =>
        Assert.Throws<UniVGException>(() => ImageFolder.Read(path, TestContext.Current.CancellationToken)).Message;

    private ImageFolder Read() => ImageFolder.Read(_folder, TestContext.Current.CancellationToken);

    private void Save(string name) => ImageFile.SavePng(new RgbImage(8, 8), Path.Combine(_folder, name));
}
