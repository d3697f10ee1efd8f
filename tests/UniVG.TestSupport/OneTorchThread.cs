using TorchSharp;
using UniVG.Diffusion.Runtime;

namespace UniVG.TestSupport;

/// <summary>
/// Loads libtorch before the first test of an assembly. Tests work on tensors of a few kilobytes, and their projects run beside each
/// other: more threads inside an operation would only wait for each other, so there is one.
/// </summary>
public sealed class OneTorchThread
{
    public OneTorchThread()
    {
        TorchRuntime.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
