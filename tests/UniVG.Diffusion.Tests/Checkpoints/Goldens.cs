namespace UniVG.Diffusion.Tests.Checkpoints;

/// <summary>Finds reference files outside the repository; tests that need an absent one are skipped.</summary>
internal static class Goldens
{
    /// <summary>The full path of a golden file, or skips the running test.</summary>
    public static string Path(string name) => Find("UNIVG_GOLDENS", "goldens", name);

    /// <summary>The full path of a reference table, or skips the running test.</summary>
    public static string Reference(string name) => Find("UNIVG_REFERENCE", "reference", name);

    /// <summary>The full path of OpenAI's CLIP vocabulary, or skips the running test.</summary>
    public static string ClipVocabulary() => Find("UNIVG_CLIP", "clip", "bpe_simple_vocab_16e6.txt.gz");

    private static string Find(string variable, string folder, string name)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } chosen) return Existing(System.IO.Path.Combine(chosen, name));
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            var candidate = System.IO.Path.Combine(at.FullName, "shared", folder);
            if (Directory.Exists(candidate)) return Existing(System.IO.Path.Combine(candidate, name));
        }

        Assert.Skip($"no shared/{folder} folder above the repository and {variable} is not set");
        return "";
    }

    private static string Existing(string path)
    {
        Assert.SkipUnless(File.Exists(path) || Directory.Exists(path), $"'{path}' is absent");
        return path;
    }
}
