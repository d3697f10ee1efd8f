using TorchSharp;
using UniVG.Diffusion.Runtime;

[assembly: AssemblyFixture(typeof(UniVG.Finetuning.Tests.OneTorchThread))]

namespace UniVG.Finetuning.Tests;

/// <summary>Test classes run in parallel on small tensors: threads inside an operation would only wait for each other.</summary>
public sealed class OneTorchThread
{
    public OneTorchThread()
    {
        TorchRuntime.EnsureLoaded();
        torch.set_num_threads(1);
    }
}
