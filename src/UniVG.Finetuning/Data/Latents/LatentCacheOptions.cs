using UniVG.Diffusion.Runtime;

namespace UniVG.Finetuning.Data.Latents;

/// <summary>Where encoded latents are kept beside memory.</summary>
public sealed record LatentCacheOptions
{
    /// <summary>Whether latents are written to <see cref="Folder"/> and found there again by the next run. Default false.</summary>
    public bool ToDisk { get; init; }

    /// <summary>The folder for them; null (default) for "latents" in the user's cache folder. Never the dataset's own.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Whether <c>.npz</c> files that kohya's trainer left beside the images are used. They do not say which VAE made them, nor whether the
    /// image has changed since. Default false.
    /// </summary>
    public bool ReadBesideImages { get; init; }

    /// <summary><see cref="Folder"/>, or the default.</summary>
    internal string FolderOrDefault => Folder ?? Path.Combine(UniVGFolders.Cache, "latents");
}
