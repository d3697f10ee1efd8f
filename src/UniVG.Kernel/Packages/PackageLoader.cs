using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Loader;

namespace UniVG.Kernel.Packages;

/// <summary>
/// Loads the assemblies of packages into the program's own context, so that cells and UniVG mean the same types, and finds their
/// native libraries. One per process: what is loaded stays loaded.
/// </summary>
internal static class PackageLoader
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, string> Assemblies = new(StringComparer.OrdinalIgnoreCase);
    private static readonly HashSet<string> Natives = [];
    private static bool IsInstalled;
    private static string? Links;

    /// <summary>Loads a package's assemblies.</summary>
    /// <returns>The assemblies, and for those that the program had in another version a sentence that says so.</returns>
    public static (IReadOnlyList<Assembly> Loaded, IReadOnlyList<string> Conflicts) Load(RestoredPackage package)
    {
        lock (Gate)
        {
            Install();
            Natives.UnionWith(package.NativeFiles);
            foreach (var file in package.RuntimeFiles) Assemblies.TryAdd(Path.GetFileNameWithoutExtension(file), file);
        }

        var loaded = package.RuntimeFiles.Select(file => (File: file, Assembly: Load(file))).ToList();
        var conflicts = from pair in loaded
                        let wanted = AssemblyName.GetAssemblyName(pair.File).Version
                        let used = pair.Assembly.GetName().Version
                        where wanted != used
                        select $"{Path.GetFileName(pair.File)} {wanted} is not used: the program has loaded version {used}.";
        return ([.. loaded.Select(pair => pair.Assembly)], [.. conflicts]);
    }

    private static Assembly Load(string file)
    {
        // Whatever the program has under this name wins; two versions of one assembly are two sets of types.
        var name = AssemblyName.GetAssemblyName(file).Name!;
        try
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyName(new AssemblyName(name));
        }
        catch (FileNotFoundException)
        {
            return AssemblyLoadContext.Default.LoadFromAssemblyPath(file);
        }
    }

    private static void Install()
    {
        if (IsInstalled) return;
        IsInstalled = true;
        AssemblyLoadContext.Default.Resolving += (context, name) =>
        {
            lock (Gate)
            {
                return Assemblies.TryGetValue(name.Name!, out var file) ? context.LoadFromAssemblyPath(file) : null;
            }
        };
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) => LoadNative(name);
    }

    private static nint LoadNative(string name)
    {
        string[] files = [name, $"lib{name}.so", $"{name}.so", $"{name}.dll", $"lib{name}.dylib"];
        var folder = NativeFolder();
        foreach (var file in files.Select(f => Path.Combine(folder, f)).Where(File.Exists))
        {
            if (NativeLibrary.TryLoad(file, out var handle)) return handle;
        }

        return 0;
    }

    // Native libraries look for each other in their own folder, also those of other packages: all are linked into one.
    private static string NativeFolder()
    {
        lock (Gate)
        {
            var folder = Links ??= CreateLinkFolder();
            foreach (var file in Natives)
            {
                var link = Path.Combine(folder, Path.GetFileName(file));
                if (File.Exists(link)) continue;
                if (OperatingSystem.IsWindows()) File.Copy(file, link);
                else File.CreateSymbolicLink(link, file);
            }

            return folder;
        }
    }

    private static string CreateLinkFolder()
    {
        var folder = Directory.CreateTempSubdirectory("univg-native-").FullName;
        if (!OperatingSystem.IsWindows()) AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return folder;
    }
}
