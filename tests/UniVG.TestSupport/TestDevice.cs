using TorchSharp;
using UniVG.Diffusion;

namespace UniVG.TestSupport;

/// <summary>Where tests compute: UNIVG_TEST_DEVICE (such as <c>cuda</c>), or the CPU. The same golden numbers hold everywhere.</summary>
public static class TestDevice
{
    /// <summary>As <c>--device</c> takes it.</summary>
    public static string Name { get; } = Environment.GetEnvironmentVariable("UNIVG_TEST_DEVICE") is { Length: > 0 } chosen ? chosen : "cpu";

    /// <summary>The device.</summary>
    public static torch.Device Device { get; } = ComputePlace.Choose(Name, "fp32").Device;
}
