using System.Runtime.InteropServices;
using TorchSharp;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// The one place that loads libtorch. Call <see cref="EnsureLoaded"/> before the first use of any TorchSharp type: TorchSharp's
/// own probing would copy half a gigabyte next to its assembly, and a failed attempt poisons its static constructor for good.
/// </summary>
public static class TorchRuntime
{
    private const string TorchSharpVersion = "0.107.0";
    private const string LibtorchVersion = "2.10.0";
    private static readonly Lock Gate = new();
    private static TorchRuntimeInfo? Loaded;
    private static UniVGException? Failure;

    /// <summary>Loads libtorch and TorchSharp's native library, once per process.</summary>
    /// <returns>What was loaded from where.</returns>
    /// <exception cref="UniVGException">libtorch is missing or cannot be loaded; the message says why and what to do.</exception>
    public static TorchRuntimeInfo EnsureLoaded()
    {
        lock (Gate)
        {
            if (Loaded is not null) return Loaded;
            if (Failure is not null) throw Failure;
            try
            {
                return Loaded = Load();
            }
            catch (UniVGException e)
            {
                Failure = e;
                throw;
            }
        }
    }

    /// <summary>The folders searched for libtorch, in order.</summary>
    public static IEnumerable<string> LibtorchCandidates()
    {
        if (Environment.GetEnvironmentVariable("UNIVG_LIBTORCH") is { Length: > 0 } chosen) yield return chosen;
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", Rid, "native");
        yield return AppContext.BaseDirectory;
        if (AppContext.GetData("UniVG.LibtorchDirectory") is string recorded) yield return recorded;
        yield return Path.Combine(NuGetPackages, $"libtorch-cpu-{Rid}", LibtorchVersion, "runtimes", Rid, "native");
    }

    private static string Rid => TorchPlatform.Current;

    private static string NuGetPackages => NuGetFolder.Path;

    private static string LibraryName(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    private static TorchRuntimeInfo Load()
    {
        LargePages.Request();
        NativeHeap.KeepFreed();
        var libtorch = FindLibtorch();
        var torchSharp = FindTorchSharpLibrary(libtorch);
        var hasCuda = File.Exists(Path.Combine(libtorch, LibraryName("torch_cuda")));

        // Absolute paths register the SONAMEs, so that TorchSharp's own imports by bare name resolve to what is loaded here.
        LoadLibrary(Path.Combine(libtorch, LibraryName("torch")));
        if (hasCuda) LoadLibrary(Path.Combine(libtorch, LibraryName("torch_cuda")));
        var loadedFrom = LoadTorchSharp(torchSharp);

        torch.InitializeDeviceType(DeviceType.CPU);
        return new TorchRuntimeInfo(libtorch, loadedFrom, IsPatched: loadedFrom != torchSharp, hasCuda);
    }

    private static string FindLibtorch()
    {
        var file = LibraryName("torch_cpu");
        if (Environment.GetEnvironmentVariable("UNIVG_LIBTORCH") is { Length: > 0 } chosen && !File.Exists(Path.Combine(chosen, file)))
            throw new UniVGException($"UNIVG_LIBTORCH is '{chosen}', but {file} is not in it; name the folder that holds it, or unset the variable.");

        return LibtorchCandidates().FirstOrDefault(d => File.Exists(Path.Combine(d, file))) ?? throw new UniVGException(
            TorchPlatform.WhyUnsupported(Rid, LibtorchVersion) ??
            $"libtorch {LibtorchVersion} was not found (searched: {string.Join(", ", LibtorchCandidates())}); run 'dotnet restore', in a Polyglot " +
            $"notebook '#r \"nuget: libtorch-cpu-{Rid}, {LibtorchVersion}\"', or set UNIVG_LIBTORCH to the folder that holds {file}.");
    }

    // A libtorch of one's own needs a TorchSharp library that was compiled against it.
    private static string FindTorchSharpLibrary(string libtorch)
    {
        var name = LibraryName("LibTorchSharp");
        string[] candidates =
        [
            .. Environment.GetEnvironmentVariable("UNIVG_LIBTORCHSHARP") is { Length: > 0 } chosen ? (string[])[chosen] : [],
            Path.Combine(libtorch, name),
            Path.Combine(AppContext.BaseDirectory, "runtimes", Rid, "native", name),
            Path.Combine(AppContext.BaseDirectory, name),
            Path.Combine(NuGetPackages, "torchsharp", TorchSharpVersion, "runtimes", Rid, "native", name),
        ];
        return candidates.FirstOrDefault(File.Exists) ?? throw new UniVGException(
            $"TorchSharp's native library was not found (searched: {string.Join(", ", candidates)}); run 'dotnet restore'.");
    }

    // Returns the file that was loaded: the one given, or its cured copy.
    private static string LoadTorchSharp(string path)
    {
        try
        {
            NativeLibrary.Load(path);
            return path;
        }
        catch (DllNotFoundException e) when (OperatingSystem.IsLinux() && e.Message.Contains("GLIBCXX_3.4.32", StringComparison.Ordinal))
        {
            var copy = WritePatchedCopy(path);
            LoadLibrary(copy);
            return copy;
        }
        catch (DllNotFoundException e)
        {
            throw CannotLoad(path, e);
        }
    }

    private static string WritePatchedCopy(string path)
    {
        var folder = Path.Combine(UniVGFolders.Cache, "native", TorchSharpVersion);
        var copy = Path.Combine(folder, Path.GetFileName(path));
        if (File.Exists(copy) && new FileInfo(copy).Length == new FileInfo(path).Length) return copy;

        var bytes = File.ReadAllBytes(path);
        if (!LibTorchSharpPatch.Apply(bytes))
        {
            throw new UniVGException(
                $"'{path}' needs a newer libstdc++ than this system has, and is not the build that UniVG can cure; " +
                "install libstdc++ of GCC 13.2 or later.");
        }

        try
        {
            AtomicFile.Replace(copy, stream => stream.Write(bytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UniVGException(
                $"The cured TorchSharp library cannot be written to '{folder}' ({e.Message}); set XDG_CACHE_HOME to a writable folder.", e);
        }

        return copy;
    }

    private static void LoadLibrary(string path)
    {
        try
        {
            NativeLibrary.Load(path);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw CannotLoad(path, e);
        }
    }

    private static UniVGException CannotLoad(string path, Exception e) =>
        new($"libtorch cannot be loaded from '{path}': {e.Message.Split('\n')[0].Trim()}", e);
}
