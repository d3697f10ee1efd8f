using System.Runtime.InteropServices;

namespace UniVG.Kernel;

/// <summary>The .NET installation that this program runs on.</summary>
internal static class DotnetInstallation
{
    /// <summary>Its folder (DOTNET_ROOT), or null for a self-contained program.</summary>
    public static string? Root { get; } = FindRoot();

    /// <summary>Its <c>dotnet</c> program, or the one on the PATH.</summary>
    public static string Host => Root is null ? HostName : Path.Combine(Root, HostName);

    private static string HostName => OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";

    // The runtime lies in ROOT/shared/Microsoft.NETCore.App/VERSION.
    private static string? FindRoot()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return File.Exists(Path.Combine(root, HostName)) ? root : null;
    }
}
