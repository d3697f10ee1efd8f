using System.Globalization;
using TorchSharp;
using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.Diffusion;

/// <summary>Decides where a model computes, and in which precision.</summary>
internal static class ComputePlace
{
    private static readonly Version FirstWithBFloat16 = new(8, 0);

    /// <summary>Resolves the choices of <see cref="ModelOptions"/>.</summary>
    /// <exception cref="UniVGException">A choice is unknown, or the device is not there; the message says why.</exception>
    public static (Device Device, ScalarType Precision) Choose(string device, string precision)
    {
        var chosen = ChooseDevice(device);
        return (chosen, precision switch
        {
            "auto" => chosen.type == DeviceType.CPU ? ScalarType.Float32 : HalfPrecision(chosen.index),
            "fp32" => ScalarType.Float32,
            "bf16" => ScalarType.BFloat16,
            "fp16" => ScalarType.Float16,
            _ => throw new UniVGException($"--precision is '{precision}'; it must be auto, fp32, bf16 or fp16."),
        });
    }

    private static Device ChooseDevice(string choice)
    {
        if (choice == "cpu") return CPU;
        if (choice == "auto") return HasCuda() ? new Device(DeviceType.CUDA, 0) : CPU;
        var index = 0;
        if (choice != "cuda" && !(choice.StartsWith("cuda:", StringComparison.Ordinal)
            && int.TryParse(choice[5..], NumberStyles.None, CultureInfo.InvariantCulture, out index)))
            throw new UniVGException($"--device is '{choice}'; it must be auto, cpu, cuda or cuda:N.");
        if (!HasCuda()) throw new UniVGException($"--device is '{choice}', but {WhyNoCuda()}; '#!univg doctor' tells more.");
        if (index >= cuda.device_count())
            throw new UniVGException($"--device is '{choice}', but this machine has {cuda.device_count()} GPU(s), numbered from 0.");
        return new Device(DeviceType.CUDA, index);
    }

    // A libtorch without CUDA must not be asked: TorchSharp would look for, and copy, another one.
    private static bool HasCuda() => TorchRuntime.EnsureLoaded().HasCudaLibraries && cuda.is_available();

    private static string WhyNoCuda() => TorchRuntime.EnsureLoaded().HasCudaLibraries
        ? CudaDriver.Query().Problem ?? "libtorch cannot use the GPU"
        : "UniVG was built for the CPU (build it with -p:TorchBackend=cuda)";

    private static ScalarType HalfPrecision(int index)
    {
        var devices = CudaDriver.Query().Devices;
        return index < devices.Count && devices[index].ComputeCapability >= FirstWithBFloat16 ? ScalarType.BFloat16 : ScalarType.Float16;
    }
}
