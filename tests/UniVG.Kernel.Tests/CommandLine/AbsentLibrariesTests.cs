using UniVG.Diffusion.Runtime;

namespace UniVG.Kernel.Tests.CommandLine;

/// <summary>Machines that lack what was asked for.</summary>
public sealed class AbsentLibrariesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("univg-absent-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_folder_without_libtorch_is_named_and_no_other_libtorch_is_taken_for_it()
    {
        var (_, output, _) = await UniVGProgram.RunAsync(_folder, new Dictionary<string, string> { ["UNIVG_LIBTORCH"] = _folder }, "doctor");

        Assert.Contains($"UNIVG_LIBTORCH is '{_folder}', but ", output, StringComparison.Ordinal);
        Assert.Contains("not loaded", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CUDA_that_is_not_there_is_one_sentence_and_the_kernel_goes_on()
    {
        Assert.SkipWhen(TorchRuntime.EnsureLoaded().HasCudaLibraries, "these tests were built for CUDA");
        await File.WriteAllTextAsync(Path.Combine(_folder, "cuda.dib"), "#!csharp\n#!univg model tiny --device cuda\n#!csharp\n1+1\n", TestContext.Current.CancellationToken);

        var (exitCode, _, errors) = await UniVGProgram.RunAsync(_folder, "run", "cuda.dib", "--quiet");

        Assert.Equal(1, exitCode);
        Assert.Contains("--device is 'cuda', but UniVG was built for the CPU (build it with -p:TorchBackend=cuda)", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }
}
