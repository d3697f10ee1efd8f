using System.Text.RegularExpressions;

namespace UniVG.Kernel.Packages;

/// <summary>What a piece of C# asks of NuGet: its <c>#r "nuget: NAME, VERSION"</c> and <c>#i "nuget: SOURCE"</c> lines.</summary>
/// <param name="Code">The code with those lines blanked, so that all others keep their numbers.</param>
/// <param name="Packages">The packages asked for.</param>
/// <param name="Sources">Package sources besides the configured ones.</param>
internal sealed partial record PackageDirectives(string Code, IReadOnlyList<PackageRequest> Packages, IReadOnlyList<string> Sources)
{
    /// <summary>Finds the directives in a piece of C#.</summary>
    public static PackageDirectives Find(string code)
    {
        var packages = new List<PackageRequest>();
        var sources = new List<string>();
        var rest = Line().Replace(code, line =>
        {
            if (line.Groups["kind"].Value == "i") sources.Add(line.Groups["name"].Value);
            else packages.Add(new PackageRequest(line.Groups["name"].Value, line.Groups["version"].Success ? line.Groups["version"].Value : "*"));
            return "";
        });
        return new PackageDirectives(rest, packages, sources);
    }

    [GeneratedRegex(
        """^[ \t]*#(?<kind>[ri])[ \t]+"nuget:[ \t]*(?<name>[^",]+?)[ \t]*(,[ \t]*(?<version>[^"]+?)[ \t]*)?"[ \t]*;?[ \t]*(?=\r?$)""",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Line();
}
