namespace UniVG.Notebooks.Displays.Images;

/// <summary>Links from a notebook to files near it.</summary>
internal static class FileAddress
{
    /// <summary>The address of a file relative to a notebook's folder, so that it holds wherever both are moved; null on another drive.</summary>
    public static string? Of(string file, string notebookFolder)
    {
        var relative = Path.GetRelativePath(notebookFolder, Path.GetFullPath(file));
        return Path.IsPathRooted(relative) ? null : string.Join('/', relative.Split(Path.DirectorySeparatorChar).Select(Uri.EscapeDataString));
    }
}
