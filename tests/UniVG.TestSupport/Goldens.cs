namespace UniVG.TestSupport;

/// <summary>
/// Finds the reference vectors that are too many for the repository: the folder in the environment variable UNIVG_GOLDENS, or
/// <c>shared/goldens</c> beside any folder above the test's program.
/// </summary>
public static class Goldens
{
    /// <summary>The folder, or null.</summary>
    public static string? Folder { get; } = Find("goldens", "UNIVG_GOLDENS");

    /// <summary>The folder of tables that describe file layouts (<c>keymap.tsv</c>), or null.</summary>
    public static string? ReferenceFolder { get; } = Find("reference", "UNIVG_REFERENCE");

    /// <summary>The path of one golden file; the running test is skipped where there is none.</summary>
    public static string Path(string name) => Existing(Folder, name);

    /// <summary>The path of one reference table; the running test is skipped where there is none.</summary>
    public static string ReferencePath(string name) => Existing(ReferenceFolder, name);

    /// <summary>Reads the tensors of one golden file; the running test is skipped where there is none.</summary>
    public static GoldenFile Open(string name) => new(Path(name + ".safetensors"));

    private static string Existing(string? folder, string name)
    {
        var path = folder is null ? null : System.IO.Path.Combine(folder, name);
        Xunit.Assert.SkipUnless(File.Exists(path), $"the reference file '{name}' is not on this machine");
        return path!;
    }

    private static string? Find(string name, string variable)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } chosen) return chosen;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = System.IO.Path.Combine(folder.FullName, "shared", name);
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
