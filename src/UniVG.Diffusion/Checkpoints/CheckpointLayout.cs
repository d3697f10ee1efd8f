namespace UniVG.Diffusion.Checkpoints;

/// <summary>How a model is kept on the disk.</summary>
public enum CheckpointLayout
{
    /// <summary>One file in the LDM layout: safetensors or a PyTorch checkpoint.</summary>
    SingleFile,

    /// <summary>A diffusers folder.</summary>
    DiffusersFolder,
}
