using System.Reflection;
using Microsoft.CodeAnalysis;

namespace UniVG.Kernel.Scripting;

/// <summary>The assemblies that C# cells see without asking: the framework, UniVG and what UniVG is made of.</summary>
internal static class ScriptReferences
{
    // The compiler and the protocol library are this program's own business.
    private static readonly string[] Hidden = ["Microsoft.CodeAnalysis", "NetMQ", "AsyncIO", "NaCl", "xunit", "testhost"];

    private static readonly Lazy<IReadOnlyList<(string Path, AssemblyMetadata Metadata)>> Files = new(ReadFiles);

    /// <summary>References to everything the program was started with, less its own machinery.</summary>
    /// <remarks>
    /// The files are read once; every call makes new references to them. The compiler caches symbols per reference, and a chain of
    /// cells that shares references with another compilation is now and then given that one's symbols: names turn ambiguous.
    /// </remarks>
    public static IReadOnlyList<MetadataReference> Create() =>
        [.. Files.Value.Select(file => ReferenceTo(file.Metadata.Copy(), file.Path))];

    /// <summary>Whether cells see an assembly of this file name without asking.</summary>
    public static bool Contains(string file) =>
        Files.Value.Any(known => Path.GetFileName(known.Path).Equals(Path.GetFileName(file), StringComparison.OrdinalIgnoreCase));

    /// <summary>The references of <see cref="Create"/> and what a script refers to besides, all with symbols of their own.</summary>
    public static IReadOnlyList<MetadataReference> CreateFor(Compilation script)
    {
        var known = Files.Value.Select(file => file.Path).ToHashSet();
        var added = from reference in script.References.OfType<PortableExecutableReference>()
                    let path = reference.FilePath
                    where path is not null && known.Add(path)
                    select ReferenceTo(reference.GetMetadata(), path);
        return [.. Create(), .. added];
    }

    /// <summary>The namespaces in which an assembly has public types.</summary>
    public static IEnumerable<string> NamespacesOf(Assembly assembly) =>
        assembly.GetExportedTypes().Select(t => t.Namespace).OfType<string>().Distinct().Order(StringComparer.Ordinal);

    private static IReadOnlyList<(string Path, AssemblyMetadata Metadata)> ReadFiles()
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
               select (path, AssemblyMetadata.CreateFromFile(path)),
        ];
    }

    // The documentation is read when a tooltip first asks for it.
    private static PortableExecutableReference ReferenceTo(Metadata metadata, string path)
    {
        var xml = Path.ChangeExtension(path, ".xml");
        var documentation = File.Exists(xml) ? XmlDocumentationProvider.CreateFromFile(xml) : null;
        return ((AssemblyMetadata)metadata).GetReference(documentation, filePath: path);
    }
}
