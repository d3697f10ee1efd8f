using System.Text;
using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Tests.Runtime;

public class LibTorchSharpPatchTests
{
    [Fact]
    public void Library_as_shipped_is_changed_in_one_version_requirement_only()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the cure is for Linux");
        var original = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so"));
        var patched = original.ToArray();

        Assert.True(LibTorchSharpPatch.Apply(patched));

        // The 4-byte hash and the 4-byte name of one entry.
        Assert.InRange(original.Zip(patched).Count(pair => pair.First != pair.Second), 1, 8);
        Assert.False(LibTorchSharpPatch.Apply(patched), "a cured library needs no cure");
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u007fELF")]
    [InlineData("this is a text file, and long enough to hold the header of an ELF file, were it one")]
    public void Other_files_are_left_alone(string content)
    {
        var bytes = Encoding.Latin1.GetBytes(content);

        Assert.False(LibTorchSharpPatch.Apply(bytes));
        Assert.Equal(content, Encoding.Latin1.GetString(bytes));
    }
}
