using TorchSharp;
using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Tests.Runtime;

public class TorchRuntimeTests
{
    [Fact]
    public void Loads_libtorch_without_copying_it_next_to_the_assemblies()
    {
        var info = TorchRuntime.EnsureLoaded();

        using var sum = torch.ones(2, 3).sum();
        Assert.Equal(6, sum.item<float>());
        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "cpu")), "TorchSharp copied its natives");
        Assert.True(Directory.Exists(info.LibtorchDirectory));
    }
}
