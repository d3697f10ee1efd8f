using System.Text.Json.Nodes;

namespace UniVG.Kernel.Packages;

/// <summary>What <c>dotnet restore</c> writes: <c>obj/project.assets.json</c>.</summary>
internal static class AssetsFile
{
    /// <summary>The packages of the one target that names a runtime; null where one of them has gone from NuGet's folder since.</summary>
    public static IReadOnlyList<RestoredPackage>? Read(string path)
    {
        var assets = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        var folders = assets["packageFolders"]!.AsObject().Select(folder => folder.Key).ToList();
        var target = assets["targets"]!.AsObject().Single(t => t.Key.Contains('/', StringComparison.Ordinal)).Value!.AsObject();
        var packages = target.Select(library => Read(library.Key, library.Value!, assets["libraries"]![library.Key]!, folders)).OfType<RestoredPackage>().ToList();
        return packages.Count == target.Count ? packages : null;
    }

    private static RestoredPackage? Read(string key, JsonNode files, JsonNode library, List<string> folders)
    {
        if (folders.Select(folder => Path.Combine(folder, (string)library["path"]!)).FirstOrDefault(Directory.Exists) is not { } root) return null;
        return new RestoredPackage(key.Split('/')[0], key.Split('/')[1], Files("compile"), Files("runtime"), Files("native"));

        // "_._" stands for "nothing on purpose".
        IReadOnlyList<string> Files(string kind) =>
            [.. from file in files[kind]?.AsObject() ?? []
                where Path.GetFileName(file.Key) != "_._"
                select Path.Combine(root, file.Key.Replace('/', Path.DirectorySeparatorChar))];
    }
}
