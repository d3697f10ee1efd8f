namespace UniVG.Diffusion.Checkpoints.Pickle;

/// <summary>Stands for an instance of a foreign class; takes any state and forgets it.</summary>
internal sealed record PickleObject(string ClassName);
