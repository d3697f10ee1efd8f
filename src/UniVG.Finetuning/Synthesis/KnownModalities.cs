using UniVG.Diffusion;
using UniVG.Finetuning.Synthesis.Modalities;

namespace UniVG.Finetuning.Synthesis;

/// <summary>The modalities that the generator can draw.</summary>
public static class KnownModalities
{
    /// <summary>The modalities that univg-tiny is trained on.</summary>
    public static IReadOnlyList<IModality> Pretraining { get; } =
    [
        new CoronaryAngiogram(), new RetinalFundus(), new OctAngiography(), new CerebralAngiogram(), new LaserSpeckle(),
    ];

    /// <summary>The modality that pre-training never sees, so that fine-tuning has something to teach.</summary>
    public static IModality HeldBack { get; } = new ConjunctivalMicroscopy();

    /// <summary>All of them.</summary>
    public static IReadOnlyList<IModality> All { get; } = [.. Pretraining, HeldBack];

    /// <summary>Finds a modality by name, in any case.</summary>
    /// <exception cref="UniVGException">There is none of that name.</exception>
    public static IModality Find(string name) =>
        All.FirstOrDefault(m => string.Equals(m.Name, name, StringComparison.OrdinalIgnoreCase))
        ?? throw new UniVGException($"There is no modality '{name}'; known are: {string.Join(", ", All.Select(m => m.Name))}.");
}
