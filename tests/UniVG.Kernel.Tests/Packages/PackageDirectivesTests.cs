using UniVG.Kernel.Packages;

namespace UniVG.Kernel.Tests.Packages;

public class PackageDirectivesTests
{
    [Theory]
    [InlineData("#r \"nuget: Humanizer, 2.14.1\"", "Humanizer", "2.14.1")]
    [InlineData("  #r  \"nuget:Humanizer,2.14.1\" ;", "Humanizer", "2.14.1")]
    [InlineData("#r \"nuget: Humanizer\"", "Humanizer", "*")]
    [InlineData("#r \"nuget: Humanizer, 2.*\"\r", "Humanizer", "2.*")]
    public void A_package_line_is_found(string line, string name, string version) =>
        Assert.Equal(new PackageRequest(name, version), Assert.Single(PackageDirectives.Find(line).Packages));

    [Fact]
    public void The_other_lines_keep_their_numbers()
    {
        var found = PackageDirectives.Find("#i \"nuget: https://example.org/v3\"\n#r \"nuget: A, 1.0\"\n#r \"other.dll\"\nvar x = 1;");

        Assert.Equal("\n\n#r \"other.dll\"\nvar x = 1;", found.Code);
        Assert.Equal(["https://example.org/v3"], found.Sources);
    }
}
