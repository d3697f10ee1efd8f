using UniVG.Diffusion.Runtime;
using static TorchSharp.torch;

namespace UniVG.Diffusion.Tests.Runtime;

public sealed class NativeHeapTests
{
    private const int Blocks = 40;
    private const long BlockBytes = 8 << 20;
    private const long AllBytes = Blocks * BlockBytes;

    static NativeHeapTests() => TorchRuntime.EnsureLoaded();

    [Fact]
    public void Freed_memory_is_kept_until_it_is_given_back()
    {
        Assert.SkipUnless(File.Exists("/lib/x86_64-linux-gnu/libc.so.6"), "Not Linux with glibc.");
        NativeHeap.GiveBack();
        var before = AnonymousBytes();
        var blocks = Enumerable.Range(0, Blocks).Select(_ => ones(BlockBytes / sizeof(float))).ToList();
        blocks.ForEach(block => block.Dispose());
        var kept = AnonymousBytes() - before;

        NativeHeap.GiveBack();

        Assert.InRange(kept, AllBytes * 3 / 4, long.MaxValue);
        Assert.InRange(AnonymousBytes() - before, long.MinValue, AllBytes / 4);
    }

    private static long AnonymousBytes() => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
