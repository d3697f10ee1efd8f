using UniVG.Diffusion;
using UniVG.Finetuning.Configuration;

namespace UniVG.Finetuning.Tests.Configuration;

public sealed class TomlFileTests
{
    private const string Sample = """
        # comment
        name = "x"
        rate = 1e-4
        whole = 3.0
        sizes = [512, 768]
        side = 512
        args = ["a=1", "b=2"]
        [general]
        flip = true
        [[datasets]]
        n = 1
          [[datasets.subsets]]
          image_dir = 'C:\x'
          unknown = 2020-01-01
        """;

    [Fact]
    public void ReadsEveryKindOfValue()
    {
        var toml = TomlFile.Parse(Sample, "x.toml");

        Assert.Equal("x", toml.Text("name"));
        Assert.Equal(1e-4, toml.Number("rate"));
        Assert.Equal(3, toml.WholeNumber("whole"));
        Assert.Equal([512, 768], toml.WholeNumbers("sizes"));
        Assert.Equal([512], toml.WholeNumbers("side"));
        Assert.Equal(["a=1", "b=2"], toml.Texts("args"));
        Assert.True(toml.Section("general")!.Flag("flip"));
        var subset = toml.Sections("datasets")[0].Sections("subsets")[0];
        Assert.Equal(@"C:\x", subset.Text("image_dir"));
        Assert.Equal("datasets[0].subsets[0]", subset.Name);
        Assert.Empty(toml.Unread);
        Assert.Equal(["datasets[0].subsets[0].unknown (line 14)"], subset.Unread);
        Assert.Null(toml.Text("absent"));
        Assert.Empty(toml.Sections("absent"));
    }

    [Theory]
    [InlineData("a = \nb = 2", "line 1")]
    [InlineData("a = 1\na = 2", "line 2")]
    [InlineData("[x]\ny=1\n[x]\n", "line 3")]
    [InlineData("a = 'x\n", "line 1")]
    public void InvalidTomlNamesFileAndLine(string text, string line)
    {
        var error = Assert.Throws<UniVGException>(() => TomlFile.Parse(text, "bad.toml"));

        Assert.Contains("'bad.toml'", error.Message, StringComparison.Ordinal);
        Assert.Contains(line, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void AWrongTypeNamesFileLineKeyAndWhatIsNeeded()
    {
        var toml = TomlFile.Parse(Sample, "x.toml");

        Assert.Equal("'x.toml', line 2: name is \"x\"; it must be a whole number.", Assert.Throws<UniVGException>(() => toml.WholeNumber("name")).Message);
        Assert.Equal("'x.toml', line 3: rate is 0.0001; it must be at least 1.", Assert.Throws<UniVGException>(() => toml.Number("rate", min: 1)).Message);
        Assert.Equal("'x.toml', line 3: rate is 0.0001; it must be text in quotes.", Assert.Throws<UniVGException>(() => toml.Text("rate")).Message);
        Assert.Equal("'x.toml', line 9: general.flip is true; it must be a number.", Assert.Throws<UniVGException>(() => toml.Section("general")!.Number("flip")).Message);
        Assert.Contains("[[name]]", Assert.Throws<UniVGException>(() => toml.Sections("name")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FilesMayHaveAByteOrderMarkAndAnyName()
    {
        var folder = Directory.CreateTempSubdirectory("univg é 数 ").FullName;
        try
        {
            var path = Path.Combine(folder, "größe.toml");
            File.WriteAllBytes(path, [0xEF, 0xBB, 0xBF, .. "k = \"ü\""u8]);
            Assert.Equal("ü", TomlFile.Read(path).Text("k"));
            Assert.Equal("ü", TomlFile.Parse("\n\uFEFFk = \"ü\"", "the cell").Text("k")); // pasted from such a file

            File.WriteAllBytes(path, [.. "k = \""u8, 0xFF, (byte)'"']);
            Assert.Contains("UTF-8", Assert.Throws<UniVGException>(() => TomlFile.Read(path)).Message, StringComparison.Ordinal);
            Assert.Contains("no file", Assert.Throws<UniVGException>(() => TomlFile.Read(path + "x")).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
