using TorchSharp;
using UniVG.Diffusion.Runtime;

[assembly: AssemblyFixture(typeof(UniVG.Diffusion.Tests.OneTorchThread))]

namespace UniVG.Diffusion.Tests;

/// <summary>
/// Test classes run in parallel on tensors of a few kilobytes: threads inside an operation would only wait for each other.
/// </summary>
public sealed class OneTorchThread
{
    public OneTorchThread()
    {
        TorchRuntime.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
