using System.Reflection;
using System.Text.Json.Nodes;

namespace UniVG.Kernel;

/// <summary>How this kernel introduces itself to clients and in the notebooks it writes.</summary>
internal static class KernelIdentity
{
    public const string Name = "univg";

    public const string DisplayName = "C# (UniVG)";

    public const string Language = "C#";

    /// <summary>The program's version, without the commit it was built from.</summary>
    public static string Version { get; } =
        (typeof(KernelIdentity).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];

    /// <summary>The <c>language_info</c> of the Jupyter protocol and of nbformat.</summary>
    public static JsonObject LanguageInfo() => new()
    {
        ["name"] = Language,
        ["version"] = "14.0",
        ["mimetype"] = "text/x-csharp",
        ["file_extension"] = ".cs",
        ["pygments_lexer"] = "csharp",
        ["codemirror_mode"] = "text/x-csharp",
        ["nbconvert_exporter"] = "script",
    };

    /// <summary>The <c>kernelspec</c> metadata of a notebook.</summary>
    public static JsonObject KernelSpec() => new()
    {
        ["display_name"] = DisplayName,
        ["language"] = Language,
        ["name"] = Name,
    };
}
