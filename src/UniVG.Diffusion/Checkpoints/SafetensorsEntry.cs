namespace UniVG.Diffusion.Checkpoints;

/// <summary>One tensor of a safetensors header.</summary>
/// <param name="Info">Its dtype and shape.</param>
/// <param name="Start">Its first byte, counted from the end of the header.</param>
/// <param name="End">The byte after its last.</param>
internal readonly record struct SafetensorsEntry(TensorInfo Info, long Start, long End);
