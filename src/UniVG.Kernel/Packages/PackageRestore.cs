using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;

namespace UniVG.Kernel.Packages;

/// <summary>Lets the .NET SDK find and fetch packages: its own restore on a project made for the purpose, kept in the cache.</summary>
internal static partial class PackageRestore
{
    // Kept out of whatever configuration lies above the cache folder.
    private static readonly string[] Barriers = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"];

    private static string RuntimeIdentifier
    {
        get
        {
            var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
            return $"{system}-{RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        }
    }

    /// <summary>Restores packages together, so that their versions fit; what was restored before is taken from the cache.</summary>
    /// <exception cref="UniVGException">A package does not exist, or there is no SDK; the message says which.</exception>
    public static async Task<IReadOnlyList<RestoredPackage>> RestoreAsync(
        IReadOnlyCollection<PackageRequest> packages, IReadOnlyCollection<string> sources, CancellationToken cancellationToken)
    {
        var project = ProjectFor(packages, sources);
        var folder = Path.Combine(UniVGFolders.Cache, "packages", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(project)))[..16]);

        // A failed restore leaves an assets file as well, without the package that failed.
        var (done, assets) = (Path.Combine(folder, "restored"), Path.Combine(folder, "obj", "project.assets.json"));
        var isKnown = File.Exists(done) && !packages.Any(p => p.Version.Contains('*', StringComparison.Ordinal));
        if (isKnown && AssetsFile.Read(assets) is { } known) return known;

        Directory.CreateDirectory(folder);
        foreach (var barrier in Barriers) await File.WriteAllTextAsync(Path.Combine(folder, barrier), "<Project />", cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "cell.csproj"), project, cancellationToken);
        await RunRestoreAsync(folder, cancellationToken);
        await File.WriteAllTextAsync(done, "", cancellationToken);
        return AssetsFile.Read(assets) ?? throw new UniVGException("A package vanished from NuGet's folder while it was restored; run the cell again.");
    }

    private static string ProjectFor(IReadOnlyCollection<PackageRequest> packages, IReadOnlyCollection<string> sources)
    {
        var references = packages.Select(p => $"""<PackageReference Include="{SecurityElement.Escape(p.Name)}" Version="{SecurityElement.Escape(p.Version)}" />""");
        return $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <RuntimeIdentifier>{RuntimeIdentifier}</RuntimeIdentifier>
                <SelfContained>false</SelfContained>
                <UseAppHost>false</UseAppHost>
                <RestoreAdditionalProjectSources>{SecurityElement.Escape(string.Join(';', sources))}</RestoreAdditionalProjectSources>
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", references)}
              </ItemGroup>
            </Project>
            """;
    }

    private static async Task RunRestoreAsync(string folder, CancellationToken cancellationToken)
    {
        // A build server would outlive the restore and keep the ends of our pipes open.
        var start = new ProcessStartInfo(DotnetInstallation.Host, ["restore", "--force", "--disable-build-servers", "--verbosity", "quiet", "-nologo"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        using var process = Start(start);
        process.StandardInput.Close();
        await using var stop = cancellationToken.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        if (process.ExitCode != 0) throw new UniVGException(Reason(await output + await errors));
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return ChildProcess.Start(start);
        }
        catch (Win32Exception e)
        {
            throw new UniVGException("Packages need the .NET SDK, and 'dotnet' was not found; install the SDK or put it on the PATH.", e);
        }
    }

    private static string Reason(string output) => ErrorLine().Match(output) is { Success: true } error
        ? $"The packages cannot be restored: {error.Groups[1].Value.Trim()}"
        : $"The packages cannot be restored: {output.Trim()}";

    // cell.csproj : error NU1101: Unable to find package X. … [/path/cell.csproj]
    [GeneratedRegex(@"error (NU\d+: .*?)(?: \[[^\]]*\])?\r?$", RegexOptions.Multiline)]
    private static partial Regex ErrorLine();
}
