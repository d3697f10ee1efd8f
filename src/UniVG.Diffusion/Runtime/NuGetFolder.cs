using TorchSharp;

namespace UniVG.Diffusion.Runtime;

/// <summary>Where NuGet keeps the packages that it unpacked.</summary>
internal static class NuGetFolder
{
    /// <summary>
    /// The folder: the one that TorchSharp was loaded from, where a script host took it from there, else NUGET_PACKAGES or NuGet's default.
    /// </summary>
    public static string Path { get; } = Loaded() ?? Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    // PACKAGES/torchsharp/VERSION/lib/net8.0/TorchSharp.dll; NuGet's settings can put PACKAGES anywhere.
    private static string? Loaded()
    {
        var package = new FileInfo(typeof(torch).Assembly.Location).Directory?.Parent?.Parent?.Parent;
        return package is { Name: "torchsharp", Parent: { } packages } ? packages.FullName : null;
    }
}
