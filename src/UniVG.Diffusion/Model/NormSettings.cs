namespace UniVG.Diffusion.Model;

/// <summary>What a model's group normalisations have in common.</summary>
internal readonly record struct NormSettings(int Groups, double Eps);
