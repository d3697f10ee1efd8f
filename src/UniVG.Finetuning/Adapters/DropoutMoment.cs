namespace UniVG.Finetuning.Adapters;

/// <summary>The moment of a training that dropouts belong to. All adapters of a network share one.</summary>
internal sealed class DropoutMoment
{
    /// <summary>Seeds the draws of one batch; null outside of training, where nothing is left out.</summary>
    public long? Seed { get; set; }
}
