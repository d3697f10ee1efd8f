namespace UniVG.Finetuning.Adapters.Files;

/// <summary>In whose notation an adapter file names its tensors.</summary>
public enum AdapterNaming
{
    /// <summary>kohya's and LyCORIS': flat names with prefixes <c>lora_unet_</c> and <c>lora_te_</c>.</summary>
    Kohya,

    /// <summary>diffusers': dotted paths below <c>unet.</c> and <c>text_encoder.</c>.</summary>
    Diffusers,

    /// <summary>peft's: dotted paths, often below <c>base_model.model.</c>, with <c>lora_A</c> and <c>lora_B</c>.</summary>
    Peft,
}
