namespace UniVG.Diffusion.Runtime;

/// <summary>Where UniVG keeps files of its own, by the conventions of the operating system.</summary>
public static class UniVGFolders
{
    /// <summary>
    /// The cache folder (XDG_CACHE_HOME/univg, ~/.cache/univg, or the local application data on Windows); everything in it can be
    /// made again.
    /// </summary>
    public static string Cache => Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } xdg
        ? Path.Combine(xdg, "univg")
        : OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "univg", "cache")
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "univg");
}
