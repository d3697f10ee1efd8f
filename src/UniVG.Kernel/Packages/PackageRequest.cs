namespace UniVG.Kernel.Packages;

/// <summary>A package that a cell asks for.</summary>
/// <param name="Name">The package's id.</param>
/// <param name="Version">A version or a range of versions as NuGet writes them; <c>*</c> for the newest release.</param>
internal sealed record PackageRequest(string Name, string Version);
