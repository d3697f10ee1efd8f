using System.IO.Compression;
using System.Text.RegularExpressions;
using UniVG.Notebooks.Displays.Charts;

namespace UniVG.Notebooks.Tests.Displays.Charts;

public class PlotlyBootstrapTests
{
    [Fact]
    public void Bootstrap_carries_the_whole_library_compressed()
    {
        var html = (string)PlotlyBootstrap.Create().Data["text/html"];

        var packed = Convert.FromBase64String(Regex.Match(html, "atob\\(\"([^\"]+)\"\\)").Groups[1].Value);
        using var reader = new StreamReader(new GZipStream(new MemoryStream(packed), CompressionMode.Decompress));
        var source = reader.ReadToEnd();
        Assert.Contains("plotly.js", source[..200], StringComparison.Ordinal);
        Assert.Contains("window.Plotly = Plotly", source[^200..], StringComparison.Ordinal);
        Assert.InRange(html.Length, 100_000, 600_000);
    }
}
