using System.Reflection;
using Microsoft.CodeAnalysis;

namespace UniVG.Kernel.Scripting;

/// <summary>The assemblies that C# cells see without asking: the framework, UniVG and what UniVG is made of.</summary>
internal static class ScriptReferences
{
    // The compiler and the protocol library are this program's own business.
    private static readonly string[] Hidden = ["Microsoft.CodeAnalysis", "NetMQ", "AsyncIO", "NaCl", "xunit", "testhost"];

    private static readonly Lazy<IReadOnlyList<MetadataReference>> Shared = new(Create);

    /// <summary>References to everything the program was started with, less its own machinery.</summary>
    public static IReadOnlyList<MetadataReference> Default => Shared.Value;

    /// <summary>The namespaces in which an assembly has public types.</summary>
    public static IEnumerable<string> NamespacesOf(Assembly assembly) =>
        assembly.GetExportedTypes().Select(t => t.Namespace).OfType<string>().Distinct().Order(StringComparer.Ordinal);

    private static IReadOnlyList<MetadataReference> Create()
    {
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var trusted = ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return
        [
            .. from path in trusted
               let name = Path.GetFileName(path)
               where !Hidden.Any(hidden => name.StartsWith(hidden, StringComparison.OrdinalIgnoreCase))
               where Path.GetDirectoryName(path) == framework || !name.StartsWith("System.", StringComparison.Ordinal)
               select MetadataReference.CreateFromFile(path),
        ];
    }
}
