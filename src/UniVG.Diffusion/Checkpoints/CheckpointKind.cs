namespace UniVG.Diffusion.Checkpoints;

/// <summary>What a file of tensors is, told from its keys and shapes.</summary>
public enum CheckpointKind
{
    /// <summary>Nothing that is known here.</summary>
    Unknown,

    /// <summary>A whole Stable Diffusion 1.x model in the LDM layout, UniVG's included.</summary>
    StableDiffusion1,

    /// <summary>Stable Diffusion 2.x: OpenCLIP text encoder, 1024 features.</summary>
    StableDiffusion2,

    /// <summary>Stable Diffusion XL, base or refiner.</summary>
    StableDiffusionXL,

    /// <summary>A diffusion transformer: Stable Diffusion 3, FLUX.</summary>
    DiffusionTransformer,

    /// <summary>An inpainting or image-editing model: its UNet takes more channels than it gives.</summary>
    Inpainting,

    /// <summary>A ControlNet without the model it controls.</summary>
    ControlNet,

    /// <summary>LoRA, LoHA or another adapter.</summary>
    Adapter,

    /// <summary>A VAE alone, LDM or diffusers layout.</summary>
    Vae,

    /// <summary>A UNet alone in the diffusers layout.</summary>
    UNet,

    /// <summary>A text encoder alone.</summary>
    TextEncoder,

    /// <summary>A textual-inversion embedding.</summary>
    Embedding,
}
