using System.Runtime.InteropServices;
using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Tests.Runtime;

public class TorchPlatformTests
{
    [Theory]
    [InlineData("linux", Architecture.X64, false, "linux-x64")]
    [InlineData("win", Architecture.X64, false, "win-x64")]
    [InlineData("osx", Architecture.Arm64, false, "osx-arm64")]
    public void Systems_with_a_libtorch(string system, Architecture architecture, bool isMusl, string name)
    {
        Assert.Equal(name, TorchPlatform.NameOf(system, architecture, isMusl));
        Assert.Null(TorchPlatform.WhyUnsupported(name, "2.10.0"));
    }

    [Theory]
    [InlineData("linux", Architecture.Arm64, false, "linux-arm64")]
    [InlineData("linux", Architecture.X64, true, "linux-musl-x64")]
    [InlineData("osx", Architecture.X64, false, "osx-x64")]
    [InlineData("win", Architecture.Arm64, false, "win-arm64")]
    public void Systems_without_one_are_named_in_one_sentence(string system, Architecture architecture, bool isMusl, string name)
    {
        Assert.Equal(name, TorchPlatform.NameOf(system, architecture, isMusl));
        Assert.StartsWith($"There is no libtorch 2.10.0 for this system ({name}), ", TorchPlatform.WhyUnsupported(name, "2.10.0"), StringComparison.Ordinal);
    }

    [Fact]
    public void This_system_has_one_as_these_tests_need_it() => Assert.Null(TorchPlatform.WhyUnsupported(TorchPlatform.Current, "2.10.0"));
}
