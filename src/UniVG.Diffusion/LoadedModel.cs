namespace UniVG.Diffusion;

/// <summary>A model and where it came from.</summary>
/// <param name="Name">Its short name, as cards and metadata use it.</param>
/// <param name="Path">The file or folder.</param>
/// <param name="Pipeline">The model itself.</param>
/// <param name="Warnings">What the user should know before training on it, one sentence each.</param>
public sealed record LoadedModel(string Name, string Path, StableDiffusion Pipeline, IReadOnlyList<string> Warnings) : IDisposable
{
    // A model of a few megabytes contrasts prompt and no prompt more coarsely, and over-saturates at the usual strength.
    private const int SmallModelPixels = 128;

    /// <summary>Keys of the file that no model needs: averaged weights, training buffers, a ControlNet.</summary>
    public IReadOnlyList<string> IgnoredKeys { get; init; } = [];

    /// <summary>How it was loaded.</summary>
    public ModelOptions Options { get; init; } = new();

    /// <summary>A guidance scale (cfg) that suits the model: 7, for small models 3.</summary>
    public double SuggestedGuidance => Pipeline.DefaultSize <= SmallModelPixels ? 3 : 7;

    /// <summary>Disposes the model.</summary>
    public void Dispose() => Pipeline.Dispose();
}
