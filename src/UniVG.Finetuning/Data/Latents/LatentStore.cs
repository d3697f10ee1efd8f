using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using UniVG.Diffusion;
using UniVG.Finetuning.Data.Buckets;

namespace UniVG.Finetuning.Data.Latents;

/// <summary>
/// Latents on disk. A file's name holds a key of all that decides them: the VAE's weights, the image's bytes, how its pixels are read, its
/// bucket and crop, and the kind of device. Another image, VAE or resolution is another key, so that no stale file is ever read.
/// </summary>
internal sealed class LatentStore
{
    // Part of each key: to be raised when the same inputs would be encoded differently.
    private const int Version = 1;
    private const int MaxStem = 100;

    private readonly LatentCacheOptions _options;
    private readonly int _pixelsPerLatent;
    private readonly Lazy<string> _vae;

    /// <summary>Opens the store that belongs to a model's VAE; its weights are hashed at the first use.</summary>
    public LatentStore(StableDiffusion model, LatentCacheOptions options)
    {
        _options = options;
        _pixelsPerLatent = model.Vae.Config.PixelsPerLatent;
        _vae = new Lazy<string>(() => VaeHash.Of(model.Vae));
    }

    /// <summary>Finds an image's latents.</summary>
    /// <returns>The latents; null where there are none that are whole and belong to this very image.</returns>
    public StoredLatents? TryRead(BucketedImage image)
    {
        var stored = _options.ToDisk && image.ContentHash.Length > 0 ? StoredLatents.TryRead(PathOf(image), image, _pixelsPerLatent) : null;
        return stored ?? (_options.ReadBesideImages ? BesideImage(image) : null);
    }

    /// <summary>Keeps an image's latents.</summary>
    /// <exception cref="UniVGException">The folder cannot be written, or is the images' own.</exception>
    public void Write(BucketedImage image, StoredLatents latents)
    {
        if (!_options.ToDisk || image.ContentHash.Length == 0) return;
        var path = PathOf(image);
        if (IsInside(path, Path.GetDirectoryName(Path.GetFullPath(image.Path))!))
            throw new UniVGException($"The latent cache '{_options.FolderOrDefault}' is inside the image folder '{Path.GetDirectoryName(image.Path)}', which is never written to; choose another --cache-dir.");
        latents.Write(path, image);
    }

    /// <summary>The file of an image: <c>{name}_{width}x{height}_sd_{key}.npz</c>, kohya's name but for the key.</summary>
    internal string PathOf(BucketedImage image)
    {
        var reading = JsonSerializer.Serialize(image.Options.Reading with { IgnoreAlpha = image.Options.AlphaMask });
        var choice = image.Choice;
        var all = string.Create(CultureInfo.InvariantCulture, $"{Version}|{_vae.Value}|{image.ContentHash}|{reading}|{choice.Bucket}|{choice.ResizedWidth}|{choice.ResizedHeight}");
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(all)))[..24];
        var stem = Path.GetFileNameWithoutExtension(image.Path);
        return Path.Combine(
            _options.FolderOrDefault, _vae.Value[..16],
            string.Create(CultureInfo.InvariantCulture, $"{stem[..Math.Min(stem.Length, MaxStem)]}_{image.Width:0000}x{image.Height:0000}_sd_{key}.npz"));
    }

    private static bool IsInside(string path, string folder) => Path.GetFullPath(path).StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    // As kohya's trainer names them, newer versions first.
    private StoredLatents? BesideImage(BucketedImage image)
    {
        var stem = Path.ChangeExtension(image.Path, null);
        string[] names = [string.Create(CultureInfo.InvariantCulture, $"{stem}_{image.Width:0000}x{image.Height:0000}_sd.npz"), stem + ".npz"];
        return names.Select(name => StoredLatents.TryRead(name, image, _pixelsPerLatent)).FirstOrDefault(stored => stored is not null);
    }
}
