using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// Reads memory and load of a GPU from NVIDIA's management library (NVML), which the driver brings: TorchSharp has no way to ask. A reading
/// takes well under a millisecond and waits for no computation.
/// </summary>
public sealed class GpuMonitor
{
    private const int Success = 0;
    private const int MostProcesses = 128;

    private static readonly Lazy<nint> Library = new(Open);
    private static readonly ConcurrentDictionary<int, GpuMonitor?> Known = [];
    private readonly nint _device;

    private GpuMonitor(nint device) => _device = device;

    /// <summary>The monitor of a GPU; null where there is no driver, no such GPU, or none that NVML knows.</summary>
    /// <param name="index">Its number, as in <c>cuda:0</c>.</param>
    public static GpuMonitor? Of(int index) => Known.GetOrAdd(Math.Max(0, index), Find);

    private static GpuMonitor? Find(int index)
    {
        // CUDA and NVML may number GPUs differently (CUDA_VISIBLE_DEVICES).
        if (Library.Value == 0 || CudaDriver.Query().Devices.ElementAtOrDefault(index)?.Uuid is not { } uuid) return null;
        return Function<GetHandle>("nvmlDeviceGetHandleByUUID")(Encoding.ASCII.GetBytes(uuid + '\0'), out var device) == Success
            ? new GpuMonitor(device)
            : null;
    }

    /// <summary>A reading; null where the driver refuses it.</summary>
    /// <param name="process">The process whose memory is told; null for this one.</param>
    public GpuUsage? Read(int? process = null)
    {
        if (Function<GetMemory>("nvmlDeviceGetMemoryInfo")(_device, out var memory) != Success) return null;
        var isKnown = Function<GetUtilization>("nvmlDeviceGetUtilizationRates")(_device, out var utilization) == Success;
        return new GpuUsage(BytesOf(process ?? Environment.ProcessId), (long)memory.Used, (long)memory.Total, isKnown ? (int)utilization.Gpu : 0);
    }

    private long? BytesOf(int id)
    {
        var processes = new ProcessInfo[MostProcesses];
        uint count = MostProcesses;
        if (Function<GetProcesses>("nvmlDeviceGetComputeRunningProcesses_v3")(_device, ref count, processes) != Success) return null;
        foreach (var process in processes.AsSpan(0, (int)count))
            if (process.Pid == id) return process.UsedBytes == ulong.MaxValue ? null : (long)process.UsedBytes;
        return null;
    }

    private static nint Open()
    {
        if (!NativeLibrary.TryLoad(OperatingSystem.IsWindows() ? "nvml.dll" : "libnvidia-ml.so.1", out var library)) return 0;
        return NativeLibrary.TryGetExport(library, "nvmlInit_v2", out var init) && Marshal.GetDelegateForFunctionPointer<Init>(init)() == Success ? library : 0;
    }

    private static T Function<T>(string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(Library.Value, name));

    private delegate int Init();

    private delegate int GetHandle(byte[] uuid, out nint device);

    private delegate int GetMemory(nint device, out Memory memory);

    private delegate int GetUtilization(nint device, out Utilization utilization);

    private delegate int GetProcesses(nint device, ref uint count, [In, Out] ProcessInfo[] processes);

    [StructLayout(LayoutKind.Sequential)]
    private struct Memory
    {
        public ulong Total;
        public ulong Free;
        public ulong Used;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Utilization
    {
        public uint Gpu;
        public uint Memory;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ProcessInfo
    {
        public uint Pid;
        public ulong UsedBytes;
        public uint GpuInstance;
        public uint ComputeInstance;
    }
}
