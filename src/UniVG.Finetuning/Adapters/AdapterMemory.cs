namespace UniVG.Finetuning.Adapters;

/// <summary>What an adapter adds to the memory of a training step.</summary>
/// <param name="KeptBytes">Kept from the forward to the backward pass, beyond the layer's input and the parameters.</param>
/// <param name="WorkingBytes">Made and freed again while the layer is computed, forward or backward.</param>
internal readonly record struct AdapterMemory(long KeptBytes, long WorkingBytes);
