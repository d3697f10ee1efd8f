namespace UniVG.Notebooks.Session;

/// <summary>An adapter file that was written.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modules">The number of adapted layers in it.</param>
/// <param name="Steps">How many steps it was trained.</param>
public sealed record SavedAdapter(string Path, long Bytes, int Modules, int Steps);
