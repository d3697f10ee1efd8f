using System.Diagnostics;
using System.IO.Compression;

namespace UniVG.Kernel.Tests.Extension;

/// <summary>The packages that <c>dotnet pack</c> makes of the libraries that these tests were built with.</summary>
public sealed class PackedLibraries : IAsyncLifetime
{
    private static readonly string Configuration =
        AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Release") ? "Release" : "Debug";

    /// <summary>The packages' names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["UniVG.Diffusion", "UniVG.Finetuning", "UniVG.Notebooks"];

    /// <summary>The folder that they are in, and nothing else.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("univg-packages-").FullName;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        foreach (var library in Names)
            await DotnetAsync("pack", Path.Combine(Repository.Root, "src", library), "--no-build", "-c", Configuration, "-o", Folder);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A package's file.</summary>
    public string PathOf(string name) => Assert.Single(Directory.GetFiles(Folder, $"{name}.*.nupkg"));

    /// <summary>A package's content.</summary>
    public ZipArchive Open(string name) => ZipFile.OpenRead(PathOf(name));

    /// <summary>Runs the SDK to a good end.</summary>
    internal static async Task DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(DotnetInstallation.Host, [.. arguments, "-nologo", "--disable-build-servers"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {await output}{await errors}");
    }
}
