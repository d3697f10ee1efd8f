namespace UniVG.Finetuning.Training;

/// <summary>An adapter that acts in the model while another is trained, and is not trained itself (kohya's base_weights).</summary>
/// <param name="Path">Its file.</param>
/// <param name="Scale">Its strength.</param>
public sealed record BesideAdapter(string Path, double Scale);
