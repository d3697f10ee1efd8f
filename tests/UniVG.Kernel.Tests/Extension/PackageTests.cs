using System.IO.Compression;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace UniVG.Kernel.Tests.Extension;

/// <summary>What is in the packages, and what restoring them brings.</summary>
public sealed class PackageTests(PackedLibraries packed) : IClassFixture<PackedLibraries>
{
    private static XDocument Versions { get; } = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props"));

    [Fact]
    public async Task Every_package_has_what_it_should_and_nothing_large()
    {
        foreach (var library in PackedLibraries.Names)
        {
            using var package = packed.Open(library);
            var files = package.Entries.Select(e => e.FullName).ToList();
            Assert.Superset(new HashSet<string> { $"lib/net10.0/{library}.dll", $"lib/net10.0/{library}.xml", "README.md" }, files.ToHashSet());
            Assert.DoesNotContain(files, file => file.Contains("runtimes/", StringComparison.Ordinal));
            Assert.InRange(new FileInfo(packed.PathOf(library)).Length, 1, 20_000_000);

            var metadata = Nuspec(package);
            Assert.Equal(("MIT", "README.md"), (metadata.Element(Name("license"))!.Value, metadata.Element(Name("readme"))!.Value));
            Assert.NotEmpty(metadata.Element(Name("description"))!.Value);
            Assert.DoesNotContain(Dependencies(metadata), d => d.Key.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase));
        }

        using var diffusion = packed.Open("UniVG.Diffusion");
        var model = Path.Combine(Repository.Root, "src", "UniVG.Diffusion", "univg-tiny");
        var expected = Directory.EnumerateFiles(model, "*", SearchOption.AllDirectories).Select(f => "univg-tiny/" + Path.GetRelativePath(model, f).Replace('\\', '/'));
        Assert.Superset(expected.Append("buildTransitive/UniVG.Diffusion.targets").ToHashSet(), diffusion.Entries.Select(e => e.FullName).ToHashSet());

        using var notebooks = packed.Open("UniVG.Notebooks");
        using var script = new StreamReader(notebooks.GetEntry("interactive-extensions/dotnet/extension.dib")!.Open());
        Assert.Equal(InteractiveHost.Source, await script.ReadToEndAsync(TestContext.Current.CancellationToken));
        var needed = Dependencies(Nuspec(notebooks));
        Assert.Equal(needed["UniVG.Finetuning"], Nuspec(notebooks).Element(Name("version"))!.Value);

        // What .NET Interactive has loaded itself; a higher version would not bind there.
        Assert.Equal("2.0.0", needed["System.CommandLine"]);
    }

    [Fact]
    public void Each_system_gets_the_libtorch_that_this_repository_builds_with()
    {
        using var package = packed.Open("UniVG.Notebooks");
        using var file = package.GetEntry("runtime.json")!.Open();
        var systems = JsonNode.Parse(file)!["runtimes"]!.AsObject();

        Assert.Equal(["linux-x64", "osx-arm64", "win-x64"], systems.Select(s => s.Key).Order(StringComparer.Ordinal));
        foreach (var (system, packages) in systems)
        {
            var (name, version) = Assert.Single(packages!["UniVG.Notebooks"]!.AsObject());
            Assert.Equal($"libtorch-cpu-{system}", name);
            Assert.Equal(VersionOf(name), (string?)version);
        }
    }

    [Fact]
    public async Task Restoring_the_one_package_for_this_system_brings_libtorch_and_no_program_needs_it_otherwise()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the libtorch of other systems is not in the package cache");

        var withSystem = await RestoreAsync("<RuntimeIdentifier>linux-x64</RuntimeIdentifier>");
        var portable = await RestoreAsync("");

        Assert.Contains($"libtorch-cpu-linux-x64/{VersionOf("libtorch-cpu-linux-x64")}", withSystem);
        Assert.Contains(portable, p => p.StartsWith("UniVG.Diffusion/", StringComparison.Ordinal));
        Assert.DoesNotContain(portable, p => p.StartsWith("libtorch", StringComparison.Ordinal));
    }

    // The packages that restore takes for a project with this one package; all but ours come from the cache.
    private async Task<IReadOnlyList<string>> RestoreAsync(string property)
    {
        var folder = Directory.CreateTempSubdirectory("univg-restore-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "user.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>net10.0</TargetFramework>
                    {property}
                    <RestoreSources>{packed.Folder}</RestoreSources>
                    <RestorePackagesPath>{folder}/own</RestorePackagesPath>
                    <RestoreFallbackFolders>{Repository.NuGetPackages}</RestoreFallbackFolders>
                    <NuGetAudit>false</NuGetAudit>
                  </PropertyGroup>
                  <ItemGroup>
                    <PackageReference Include="UniVG.Notebooks" Version="*" />
                  </ItemGroup>
                </Project>
                """);
            await PackedLibraries.DotnetAsync("restore", folder);
            var assets = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(folder, "obj", "project.assets.json")))!;
            return [.. assets["targets"]!.AsObject().Last().Value!.AsObject().Select(p => p.Key)];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static XElement Nuspec(ZipArchive package)
    {
        using var file = package.Entries.Single(e => e.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(file).Root!.Elements().Single();
    }

    private static Dictionary<string, string> Dependencies(XElement metadata) =>
        metadata.Descendants(Name("dependency")).ToDictionary(d => d.Attribute("id")!.Value, d => d.Attribute("version")!.Value);

    private static XName Name(string name) => XName.Get(name, "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd");

    private static string? VersionOf(string package) =>
        Versions.Descendants("PackageVersion").Single(p => p.Attribute("Include")!.Value == package).Attribute("Version")!.Value;
}
