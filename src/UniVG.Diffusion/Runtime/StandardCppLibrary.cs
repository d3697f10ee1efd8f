using System.Text.RegularExpressions;

namespace UniVG.Diffusion.Runtime;

/// <summary>The system's libstdc++, whose age decides whether TorchSharp's library loads as shipped.</summary>
public static partial class StandardCppLibrary
{
    private static readonly string[] Folders = ["/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib"];

    /// <summary>The newest GLIBCXX symbol version of the library that this process uses or would use; null where none is found.</summary>
    public static string? NewestVersion()
    {
        if (!OperatingSystem.IsLinux() || FindFile() is not { } file) return null;
        var text = System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file));
        return VersionTag().Matches(text).Select(m => Version.Parse(m.Groups[1].Value)).Max() is { } newest ? $"GLIBCXX_{newest}" : null;
    }

    // The one that is mapped into the process is the one that counts (LD_LIBRARY_PATH, conda).
    private static string? FindFile()
    {
        var mapped = File.ReadLines("/proc/self/maps").FirstOrDefault(line => line.Contains("/libstdc++.so.6", StringComparison.Ordinal));
        return mapped is not null
            ? mapped[mapped.IndexOf('/', StringComparison.Ordinal)..]
            : Folders.Select(folder => Path.Combine(folder, "libstdc++.so.6")).FirstOrDefault(File.Exists);
    }

    [GeneratedRegex(@"GLIBCXX_(\d+\.\d+(?:\.\d+)?)")]
    private static partial Regex VersionTag();
}
