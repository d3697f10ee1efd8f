using UniVG.Kernel.Execution;
using UniVG.Kernel.Scripting;
using UniVG.Notebooks.Hosting;

namespace UniVG.Kernel.Packages;

/// <summary>The packages that the cells of one notebook asked for.</summary>
internal sealed class NotebookPackages(CSharpEngine engine)
{
    private readonly OrderedDictionary<string, PackageRequest> _wanted = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _sources = [];
    private readonly HashSet<string> _loaded = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Fetches and loads what the code asks for.</summary>
    /// <returns>The code without its package directives.</returns>
    /// <exception cref="UniVG.Diffusion.UniVGException">A package cannot be had.</exception>
    public async Task<string> ResolveAsync(string code, CellContext cell)
    {
        var directives = PackageDirectives.Find(code);
        _sources.UnionWith(directives.Sources);

        // Notebooks for .NET Interactive begin by asking for this very package.
        var asked = directives.Packages.Where(p => !p.Name.StartsWith("UniVG.", StringComparison.OrdinalIgnoreCase)).ToList();
        if (asked.Count == 0) return directives.Code;

        var names = string.Join(", ", asked.Select(p => p.Name));
        var display = cell.Show(new MimeBundle($"Restoring {names} …"));
        IEnumerable<PackageRequest> together = [.. _wanted.Values.Where(w => !asked.Exists(a => a.Name.Equals(w.Name, StringComparison.OrdinalIgnoreCase))), .. asked];
        var restored = await PackageRestore.RestoreAsync([.. together], _sources, cell.CancellationToken);
        foreach (var package in asked) _wanted[package.Name] = package;
        display.Update(new MimeBundle(string.Join('\n', Load(restored, asked))));
        return directives.Code;
    }

    private IEnumerable<string> Load(IReadOnlyList<RestoredPackage> restored, List<PackageRequest> asked)
    {
        foreach (var package in restored.Where(p => _loaded.Add($"{p.Name}/{p.Version}")))
        {
            var (assemblies, conflicts) = PackageLoader.Load(package);
            engine.AddAssemblies(assemblies, package.CompileFiles);
            foreach (var conflict in conflicts) yield return conflict;
        }

        foreach (var package in restored.Where(p => asked.Exists(a => a.Name.Equals(p.Name, StringComparison.OrdinalIgnoreCase))))
        {
            yield return $"Loaded {package.Name} {package.Version}";
        }
    }
}
