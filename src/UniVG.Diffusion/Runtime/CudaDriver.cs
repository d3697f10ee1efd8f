using System.Runtime.InteropServices;
using System.Text;

namespace UniVG.Diffusion.Runtime;

/// <summary>
/// Asks NVIDIA's driver directly what GPUs there are, without libtorch: it answers "why is there no CUDA" also where libtorch was
/// built for the CPU or cannot be loaded.
/// </summary>
public static class CudaDriver
{
    private const int ComputeCapabilityMajor = 75; // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
    private const int ComputeCapabilityMinor = 76;

    /// <summary>What the driver reports.</summary>
    public static CudaDriverInfo Query()
    {
        var name = OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (!NativeLibrary.TryLoad(name, out var library))
            return CudaDriverInfo.Absent($"no NVIDIA driver ({name} is not on this machine)");
        try
        {
            return Query(library);
        }
        catch (EntryPointNotFoundException e)
        {
            return CudaDriverInfo.Absent($"{name} is not a usable NVIDIA driver ({e.Message})");
        }
        finally
        {
            NativeLibrary.Free(library);
        }
    }

    private static CudaDriverInfo Query(nint library)
    {
        var initialised = Function<Init>(library, "cuInit")(0);
        if (initialised != 0) return CudaDriverInfo.Absent($"the NVIDIA driver does not start (cuInit returned {initialised}; 100 means no GPU)");

        Function<GetInt>(library, "cuDriverGetVersion")(out var version);
        Function<GetInt>(library, "cuDeviceGetCount")(out var count);
        return new CudaDriverInfo(
            new Version(version / 1000, version % 1000 / 10), [.. Enumerable.Range(0, count).Select(i => Describe(library, i))], Problem: null);
    }

    private static CudaDevice Describe(nint library, int index)
    {
        Function<GetDevice>(library, "cuDeviceGet")(out var device, index);
        var name = new byte[256];
        Function<GetName>(library, "cuDeviceGetName")(name, name.Length, device);
        var attribute = Function<GetAttribute>(library, "cuDeviceGetAttribute");
        attribute(out var major, ComputeCapabilityMajor, device);
        attribute(out var minor, ComputeCapabilityMinor, device);
        Function<TotalMemory>(library, "cuDeviceTotalMem_v2")(out var bytes, device);
        var uuid = new byte[16];
        var isKnown = NativeLibrary.TryGetExport(library, "cuDeviceGetUuid_v2", out var getUuid)
            && Marshal.GetDelegateForFunctionPointer<GetUuid>(getUuid)(uuid, device) == 0;
        return new CudaDevice(
            index, Encoding.UTF8.GetString(name).TrimEnd('\0'), new Version(major, minor), (long)bytes,
            isKnown ? $"GPU-{new Guid(uuid, bigEndian: true)}" : null);
    }

    private static T Function<T>(nint library, string name)
        where T : Delegate => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(library, name));

    private delegate int Init(uint flags);

    private delegate int GetInt(out int value);

    private delegate int GetDevice(out int device, int ordinal);

    private delegate int GetName(byte[] name, int length, int device);

    private delegate int GetAttribute(out int value, int attribute, int device);

    private delegate int TotalMemory(out nuint bytes, int device);

    private delegate int GetUuid(byte[] uuid, int device);
}
