using System.Globalization;
using System.Runtime.InteropServices;
using TorchSharp;
using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.Diffusion;

/// <summary>Decides where a model computes, and in which precision.</summary>
public static class ComputePlace
{
    private const string TensorFloat = "tf32";
    private static readonly Version FirstWithBFloat16 = new(8, 0);

    /// <summary>The names of precisions, for options and completion.</summary>
    public static IReadOnlyList<string> Precisions { get; } = ["auto", "fp32", TensorFloat, "bf16", "fp16"];

    /// <summary>The name of a type of weights and activations, as <see cref="Precisions"/> has it.</summary>
    public static string NameOf(ScalarType precision) => precision switch
    {
        ScalarType.Float32 => "fp32",
        ScalarType.BFloat16 => "bf16",
        ScalarType.Float16 => "fp16",
        _ => precision.ToString(),
    };

    /// <summary>Resolves the choices of <see cref="ModelOptions"/>; of a GPU, also tries it out, and sets for the whole process how it multiplies float32.</summary>
    /// <returns>The device, and the type of weights and activations.</returns>
    /// <exception cref="UniVGException">A choice is unknown, or the device is not there or cannot be used; the message says why.</exception>
    public static (Device Device, ScalarType Precision) Choose(string device, string precision)
    {
        if (!Precisions.Contains(precision)) throw new UniVGException($"--precision is '{precision}'; it must be {string.Join(", ", Precisions)}.");
        var chosen = ChooseDevice(device);
        if (chosen.type == DeviceType.CUDA)
        {
            TryOut(chosen);

            // libtorch's own default differs between matrix products and convolutions.
            backends.cuda.matmul.allow_tf32 = backends.cudnn.allow_tf32 = precision == TensorFloat;
        }

        return (chosen, precision switch
        {
            "auto" => chosen.type == DeviceType.CPU ? ScalarType.Float32 : HalfPrecision(chosen.index),
            "bf16" => ScalarType.BFloat16,
            "fp16" => ScalarType.Float16,
            _ => ScalarType.Float32,
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
        if (!HasCuda()) throw new UniVGException($"--device is '{choice}', but {WhyNoCuda()}; leave it out to compute on the CPU, '#!univg doctor' tells more.");
        if (index >= cuda.device_count())
            throw new UniVGException($"--device is '{choice}', but this machine has {cuda.device_count()} GPU(s), numbered from 0.");
        return new Device(DeviceType.CUDA, index);
    }

    // A libtorch without CUDA must not be asked: TorchSharp would look for, and copy, another one.
    private static bool HasCuda() => TorchRuntime.EnsureLoaded().HasCudaLibraries && cuda.is_available();

    private static string WhyNoCuda() => TorchRuntime.EnsureLoaded().HasCudaLibraries
        ? CudaDriver.Query().Problem ?? "libtorch cannot use the GPU"
        : "UniVG was built for the CPU (build it with -p:TorchBackend=cuda)";

    // A driver that is too old, a GPU that this libtorch has no kernels for, or one whose memory is full shows at the first operation.
    private static void TryOut(Device device)
    {
        try
        {
            using var scope = NewDisposeScope();
            _ = zeros(1, device: device).add_(1).item<float>();
        }
        catch (ExternalException e)
        {
            throw DeviceFailure.Explain(e) ?? new UniVGException($"The GPU cannot be used: {DeviceFailure.FirstLine(e)}; '#!univg doctor' tells more.", e);
        }
    }

    private static ScalarType HalfPrecision(int index)
    {
        var devices = CudaDriver.Query().Devices;
        return index < devices.Count && devices[index].ComputeCapability >= FirstWithBFloat16 ? ScalarType.BFloat16 : ScalarType.Float16;
    }
}
