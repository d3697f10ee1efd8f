using System.ComponentModel;
using System.Runtime.InteropServices;
using TorchSharp;
using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Tests.Runtime;

public class DeviceFailureTests
{
    private const string CudaMessage =
        "CUDA out of memory. Tried to allocate 20.00 GiB. GPU 0 has a total capacity of 8.00 GiB of which 1.00 GiB is free. Of the allocated memory 6 GiB\nException raised from malloc";

    [Fact]
    public void Memory_that_ran_out_on_a_GPU_is_told_in_one_sentence_with_advice()
    {
        var explained = DeviceFailure.Explain(new InvalidOperationException("The backward pass failed", new NativeError(CudaMessage)));

        Assert.Equal(
            "The memory ran out (Tried to allocate 20.00 GiB). Nothing is lost; " + DeviceFailure.TrainingAdvice + ".", explained?.Message);
    }

    [Fact]
    public void Memory_that_ran_out_in_libtorch_on_the_CPU_is_recognised()
    {
        var thrown = Assert.ThrowsAny<Exception>(() => torch.empty(1L << 50));

        Assert.True(DeviceFailure.IsOutOfMemory(thrown), thrown.Message);
        Assert.DoesNotContain('\n', DeviceFailure.Explain(thrown)!.Message);
    }

    [Theory]
    [InlineData("CUDA error: an illegal memory access was encountered", "restart the kernel")]
    [InlineData("CUDA error: no kernel image is available for execution on the device", "no kernels for this GPU")]
    public void Failures_of_the_GPU_say_what_to_do(string message, string advice) =>
        Assert.Contains(advice, DeviceFailure.Explain(new NativeError(message))?.Message, StringComparison.Ordinal);

    [Fact]
    public void A_mistake_in_a_computation_is_none_of_the_device_but_told_in_a_sentence_too()
    {
        var mistake = new NativeError("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)\nException raised from meta at …");

        Assert.Null(DeviceFailure.Explain(mistake));
        Assert.Equal("libtorch failed: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5).", DeviceFailure.ExplainNative(mistake)!.Message);
        Assert.Null(DeviceFailure.ExplainNative(new InvalidOperationException("none of libtorch")));
        Assert.Null(DeviceFailure.ExplainNative(new Win32Exception("none of libtorch, though derived from what it throws")));
    }

    // TorchSharp throws the base class itself, which is reserved for that.
    private sealed class NativeError(string message) : ExternalException(message);
}
