using UniVG.Kernel.Jupyter;

namespace UniVG.Kernel.Tests.Jupyter;

public class CodePointsTests
{
    [Theory]
    [InlineData("abc", 2, 2)]
    [InlineData("a😀b", 1, 1)]
    [InlineData("a😀b", 2, 3)]
    [InlineData("a😀b", 3, 4)]
    public void Positions_convert_both_ways(string text, int codePoints, int utf16)
    {
        Assert.Equal(utf16, CodePoints.ToUtf16(text, codePoints));
        Assert.Equal(codePoints, CodePoints.FromUtf16(text, utf16));
    }

    [Fact]
    public void A_position_beyond_the_end_is_the_end() => Assert.Equal(3, CodePoints.ToUtf16("abc", 99));
}
