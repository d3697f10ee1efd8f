using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Tests.Data;

/// <summary>A dataset folder that lives as long as its test.</summary>
internal sealed class TemporaryDataset : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("univg-data-").FullName;

    public string Path(string relative) => System.IO.Path.Combine(Folder, relative);

    public string AddImage(string relative, int width = 512, int height = 512) => AddPicture(relative, new RgbImage(width, height));

    public string AddPicture(string relative, RgbImage picture)
    {
        ImageFile.SavePng(picture, Path(relative));
        return Path(relative);
    }

    public void AddText(string relative, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(relative))!);
        File.WriteAllText(Path(relative), text);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
