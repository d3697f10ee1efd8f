using UniVG.Diffusion;

namespace UniVG.Notebooks.Session;

/// <summary>
/// Finds the files that cells name. Jupyter runs a notebook in the notebook's own folder, the headless runner where it was called;
/// a relative path that is not in the working folder is therefore looked for in the folders above it, up to the repository's root.
/// </summary>
internal static class InputPath
{
    /// <summary>The path where it exists, else the path as given.</summary>
    /// <exception cref="UniVGException">The path is empty.</exception>
    public static string Find(string path)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new UniVGException("The path is empty; name a file or folder.");
        path = Path.TrimEndingDirectorySeparator(path);
        if (Exists(path) || Path.IsPathRooted(path)) return path;
        return Above(Environment.CurrentDirectory).Select(folder => Path.Combine(folder, path)).FirstOrDefault(Exists) ?? path;
    }

    /// <summary>The folders in which relative paths are looked for, the working folder first.</summary>
    public static IEnumerable<string> SearchFolders() => Above(Environment.CurrentDirectory).Prepend(Environment.CurrentDirectory);

    // Outside of a repository only the next folder, lest a name be found in some far-off place.
    private static IEnumerable<string> Above(string folder)
    {
        var root = folder;
        while (root is not null && !Exists(Path.Combine(root, ".git"))) root = Path.GetDirectoryName(root);
        for (var above = folder; above != root && Path.GetDirectoryName(above) is { } parent; above = parent)
        {
            yield return parent;
            if (root is null) yield break;
        }
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);
}
