using TorchSharp;
using UniVG.Diffusion.Runtime;

namespace UniVG.TestSupport;

/// <summary>
/// Loads libtorch before the first test of an assembly. Test classes run in parallel on tensors of a few kilobytes: threads inside
/// an operation would only wait for each other, so there is one.
/// </summary>
public sealed class OneTorchThread
{
    public OneTorchThread()
    {
        TorchRuntime.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
