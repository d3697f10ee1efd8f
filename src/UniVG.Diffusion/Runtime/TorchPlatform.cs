using System.Runtime.InteropServices;

namespace UniVG.Diffusion.Runtime;

/// <summary>The systems that libtorch was built for, by the names that NuGet has for systems.</summary>
internal static class TorchPlatform
{
    private static readonly string[] Supported = ["linux-x64", "win-x64", "osx-arm64"];

    /// <summary>This system, such as <c>linux-x64</c>.</summary>
    public static string Current { get; } = NameOf(
        OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux",
        RuntimeInformation.ProcessArchitecture,
        isMusl: RuntimeInformation.RuntimeIdentifier.Contains("musl", StringComparison.Ordinal) || File.Exists("/etc/alpine-release"));

    /// <summary>A system's name.</summary>
    /// <param name="system">win, osx or linux.</param>
    /// <param name="architecture">The processor, or what the process takes it for.</param>
    /// <param name="isMusl">Whether its C library is musl, as on Alpine, instead of glibc.</param>
    public static string NameOf(string system, Architecture architecture, bool isMusl) =>
        $"{system}{(isMusl ? "-musl" : "")}-{architecture.ToString().ToLowerInvariant()}";

    /// <summary>Why there is no libtorch for a system, and what to do; null where there is one.</summary>
    /// <param name="name">The system's name.</param>
    /// <param name="version">libtorch's version.</param>
    public static string? WhyUnsupported(string name, string version) => Supported.Contains(name)
        ? null
        : $"There is no libtorch {version} for this system ({name}), only for linux-x64 with glibc, win-x64 and osx-arm64; " +
          "use the devcontainer, which is linux-x64 everywhere, or set UNIVG_LIBTORCH to a libtorch of your own.";
}
