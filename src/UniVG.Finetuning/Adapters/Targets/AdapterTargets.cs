namespace UniVG.Finetuning.Adapters.Targets;

/// <summary>Which set of layers an adapter is attached to.</summary>
public enum AdapterTargets
{
    /// <summary>
    /// kohya's networks.lora: every Linear and 1×1 convolution of the transformer blocks and of the text encoder's attention and MLP;
    /// with a convolution dim also all layers of the ResNet, down- and up-sampling blocks. Read by every tool.
    /// </summary>
    Kohya,

    /// <summary>
    /// LyCORIS' preset <c>full</c>: the layers above (ResNet and sampling blocks also without a convolution dim, their k×k
    /// convolutions excepted) plus conv_in, conv_out and the time embedding.
    /// </summary>
    Lycoris,
}
