using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Notebooks.Displays;

namespace UniVG.Notebooks.Diagnostics;

/// <summary>Collects what decides whether training works on a machine; the first thing to paste into a bug report.</summary>
public static class Doctor
{
    /// <summary>Examines this machine and this process; never throws for what it finds.</summary>
    /// <param name="hostName">The program that runs the notebook.</param>
    public static Card Examine(string hostName)
    {
        var warnings = new List<string>();
        return new Card("UniVG doctor")
        {
            Facts =
            [
                new("UniVG", Version(typeof(Doctor))),
                new("host", hostName),
                new("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, {Environment.ProcessorCount} processors"),
                new(".NET", $"{Environment.Version} ({RuntimeInformation.RuntimeIdentifier})"),
                .. Libtorch(warnings),
                .. Cuda(warnings),
                new("memory", Memory()),
                new("disk", Disk(Environment.CurrentDirectory)),
                new("cache folder", $"{UniVGFolders.Cache} ({Disk(UniVGFolders.Cache)})"),
                new("working folder", Environment.CurrentDirectory),
            ],
            Warnings = warnings,
            Notes = warnings.Count == 0 ? ["Nothing stands in the way of training."] : [],
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Libtorch(List<string> warnings)
    {
        yield return new("libstdc++", StandardCppLibrary.NewestVersion() ?? "not found");
        yield return new("TorchSharp", Version(typeof(torch)));
        TorchRuntimeInfo? info = null;
        try
        {
            info = TorchRuntime.EnsureLoaded();
        }
        catch (UniVGException e)
        {
            warnings.Add(e.Message);
        }

        yield return new("libtorch", info is null ? "not loaded" : $"{info.LibtorchDirectory} (TorchSharp is made for {torch.__version__})");
        if (info is null) yield break;
        yield return new("native library", info.IsPatched ? $"{info.LibTorchSharpPath} (cured for this system's libstdc++)" : info.LibTorchSharpPath);
        yield return new("CPU threads", torch.get_num_threads().ToString(CultureInfo.InvariantCulture));
        if (ComputeThreads.Advice is { } advice) warnings.Add(advice);
    }

    private static IEnumerable<KeyValuePair<string, string>> Cuda(List<string> warnings)
    {
        var driver = CudaDriver.Query();
        yield return new("CUDA driver", driver.Version is { } version ? $"supports CUDA {version}" : driver.Problem ?? "none");
        foreach (var device in driver.Devices)
            yield return new($"GPU {device.Index}", $"{device.Name}, compute capability {device.ComputeCapability}, {GpuMemory(device)}");

        var (usable, reason) = CudaInLibtorch();
        yield return new("CUDA in libtorch", usable ? "yes" : $"no: {reason}");
        if (!usable && driver.Devices.Count > 0)
            warnings.Add("There is a GPU, but this build of UniVG cannot use it; build with -p:TorchBackend=cuda.");
    }

    private static string GpuMemory(CudaDevice device) => GpuMonitor.Of(device.Index)?.Read() is { } usage
        ? $"{DisplayFormat.Bytes(usage.FreeBytes)} free of {DisplayFormat.Bytes(usage.TotalBytes)}"
        : DisplayFormat.Bytes(device.MemoryBytes);

    private static (bool Usable, string Reason) CudaInLibtorch()
    {
        try
        {
            if (!TorchRuntime.EnsureLoaded().HasCudaLibraries) return (false, "UniVG was built for the CPU (-p:TorchBackend=cuda builds for CUDA)");
            return torch.cuda.is_available() ? (true, "") : (false, "libtorch has CUDA, but finds no usable GPU");
        }
        catch (UniVGException)
        {
            return (false, "libtorch is not loaded");
        }
    }

    private static string Memory()
    {
        var total = FreeMemory.SystemTotal ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var free = FreeMemory.SystemAvailable is { } available ? $"{DisplayFormat.Bytes(available)} free of " : "";
        return $"{free}{DisplayFormat.Bytes(total)}, this process uses {DisplayFormat.Bytes(Environment.WorkingSet)}";
    }

    private static string Disk(string path)
    {
        try
        {
            var drive = new DriveInfo(Path.GetFullPath(path));
            return $"{DisplayFormat.Bytes(drive.AvailableFreeSpace)} free";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "free space unknown";
        }
    }

    private static string Version(Type type) => type.Assembly.GetName().Version?.ToString(3) ?? "unknown";
}
