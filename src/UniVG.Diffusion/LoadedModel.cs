namespace UniVG.Diffusion;

/// <summary>A model and where it came from.</summary>
/// <param name="Name">Its short name, as cards and metadata use it.</param>
/// <param name="Path">The file or folder.</param>
/// <param name="Pipeline">The model itself.</param>
/// <param name="Warnings">What the user should know before training on it, one sentence each.</param>
public sealed record LoadedModel(string Name, string Path, StableDiffusion Pipeline, IReadOnlyList<string> Warnings) : IDisposable
{
    /// <summary>Disposes the model.</summary>
    public void Dispose() => Pipeline.Dispose();
}
