using UniVG.Diffusion.Runtime;

namespace UniVG.Diffusion.Tests.Runtime;

public sealed class ComputeThreadsTests
{
    [Theory]
    [InlineData(null, 1)]
    [InlineData("", 2)]
    [InlineData("1", 1)]
    [InlineData("4", 4)]
    [InlineData(" 2,1", 2)]
    public void Threads_that_have_processors_need_no_words(string? asked, int used) => Assert.Null(ComputeThreads.AdviceOn(asked, used, processors: 4));

    [Theory]
    [InlineData("64", 4, "OMP_NUM_THREADS asks for 64 threads on 4 processors, of which libtorch uses 4;")]
    [InlineData("64", 64, "libtorch uses 64 threads on 4 processors, so that they wait for each other;")]
    [InlineData(null, 8, "libtorch uses 8 threads on 4 processors, so that they wait for each other;")]
    [InlineData("all", 4, "OMP_NUM_THREADS is 'all', which is no number of threads, and is ignored;")]
    [InlineData("0", 4, "OMP_NUM_THREADS is '0', which is no number of threads, and is ignored;")]
    [InlineData("-2", 4, "OMP_NUM_THREADS is '-2', which is no number of threads, and is ignored;")]
    [InlineData("99999999999", 4, "OMP_NUM_THREADS is '99999999999', which is no number of threads, and is ignored;")]
    public void More_threads_than_processors_and_what_is_no_number_are_named_with_what_to_do(string? asked, int used, string beginning) =>
        Assert.Equal($"{beginning} set OMP_NUM_THREADS to a number from 1 to 4 before the kernel starts, or leave it out.", ComputeThreads.AdviceOn(asked, used, processors: 4));
}
