namespace UniVG.Diffusion.Checkpoints;

/// <summary>What the files of a model do not say themselves.</summary>
public sealed record CheckpointOptions
{
    /// <summary>A VAE to use instead of the model's own: a file, or a diffusers folder; null (default) keeps the model's.</summary>
    public string? VaePath { get; init; }

    /// <summary>Attention heads of a single-file UNet, which weights cannot tell; default 8, SD 1.x's number.</summary>
    public int UNetHeads { get; init; } = 8;

    /// <summary>Attention heads of a single-file text encoder; null (default) means one for every 64 features, CLIP's rule.</summary>
    public int? TextEncoderHeads { get; init; }

    /// <summary>Groups of the group normalisations of a single-file UNet and VAE; default 32.</summary>
    public int NormGroups { get; init; } = 32;
}
