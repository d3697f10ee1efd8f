using UniVG.Diffusion.Runtime;
using UniVG.TestSupport;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests.Runtime;

public sealed class NativeHeapTests
{
    private const int Blocks = 40;
    private const int BlockMiB = 8;
    private const double AllMiB = Blocks * BlockMiB;

    static NativeHeapTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Freed_memory_is_kept_until_it_is_given_back()
    {
        Assert.SkipUnless(File.Exists("/lib/x86_64-linux-gnu/libc.so.6"), "Not Linux with glibc.");
        NativeHeap.GiveBack();
        var before = ProcessMemory.AnonymousMiB;
        var blocks = Enumerable.Range(0, Blocks).Select(_ => ones(((long)BlockMiB << 20) / sizeof(float))).ToList();
        blocks.ForEach(block => block.Dispose());
        var kept = ProcessMemory.AnonymousMiB - before;

        NativeHeap.GiveBack();

        Assert.InRange(kept, AllMiB * 3 / 4, double.MaxValue);
        Assert.InRange(ProcessMemory.AnonymousMiB - before, double.MinValue, AllMiB / 4);
    }
}
