namespace UniVG.Kernel.Packages;

/// <summary>A package that restore chose, with the files that matter here.</summary>
/// <param name="Name">The package's id.</param>
/// <param name="Version">The version that was chosen.</param>
/// <param name="CompileFiles">Assemblies that code is compiled against.</param>
/// <param name="RuntimeFiles">Assemblies that are loaded.</param>
/// <param name="NativeFiles">Native libraries for this system.</param>
internal sealed record RestoredPackage(
    string Name, string Version, IReadOnlyList<string> CompileFiles, IReadOnlyList<string> RuntimeFiles, IReadOnlyList<string> NativeFiles);
