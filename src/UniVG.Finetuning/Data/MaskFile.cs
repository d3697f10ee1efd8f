using UniVG.Diffusion;
using UniVG.Diffusion.Images;

namespace UniVG.Finetuning.Data;

/// <summary>Finds and checks the mask of a picture.</summary>
internal static class MaskFile
{
    /// <summary>The mask, a picture file of the same name in the folder, or in its sub-folder named as the picture's folder; and SHA-256 of it, lower-case hex.</summary>
    /// <exception cref="UniVGException">There is none, it is damaged, or of another size; the message is only a reason.</exception>
    public static (string Path, string Hash) Find(string imagePath, string folder, RgbImage image)
    {
        var name = Path.GetFileNameWithoutExtension(imagePath);
        var concept = Path.GetFileName(Path.GetDirectoryName(imagePath)) ?? "";
        var found = new[] { Path.Combine(folder, concept), folder }
            .Where(Directory.Exists)
            .SelectMany(place => Directory.EnumerateFiles(place, name + ".*"))
            .FirstOrDefault(file => SubsetReader.IsImage(file) && Path.GetFileNameWithoutExtension(file) == name)
            ?? throw new UniVGException($"there is no mask {name}.png in '{folder}'; add one, white where the picture counts");
        var bytes = ImageFile.ReadBytes(found);
        var mask = ImageFile.Decode(bytes, found).Image;
        if ((mask.Width, mask.Height) != (image.Width, image.Height))
            throw new UniVGException($"its mask '{found}' has {mask.Width}×{mask.Height} pixels instead of {image.Width}×{image.Height}; make them the same size");
        return (found, ContentHash.Of(bytes));
    }
}
