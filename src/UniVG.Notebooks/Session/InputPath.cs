namespace UniVG.Notebooks.Session;

/// <summary>
/// Finds the files that cells name. Jupyter runs a notebook in the notebook's own folder, the headless runner where it was called;
/// a relative path that is not in the working folder is therefore looked for in the folders above it, too.
/// </summary>
internal static class InputPath
{
    /// <summary>The path where it exists, else the path as given.</summary>
    public static string Find(string path)
    {
        if (Exists(path) || Path.IsPathRooted(path)) return path;
        for (var folder = Directory.GetParent(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, path);
            if (Exists(candidate)) return candidate;
        }

        return path;
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path);
}
