using UniVG.Diffusion;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Training.State;

/// <summary>What a run began with, as its states record it.</summary>
/// <param name="Definition">The settings it was begun with.</param>
/// <param name="Model">The base model.</param>
/// <param name="Parts">The options of the dataset's parts.</param>
/// <param name="Images">The images, in the dataset's order.</param>
public sealed record RunOrigin(RunDefinition Definition, ModelIdentity Model, IReadOnlyList<DatasetOptions> Parts, IReadOnlyList<ImageIdentity> Images)
{
    /// <summary>Identifies model and images; reads all their files.</summary>
    /// <exception cref="UniVGException">A file cannot be read any more.</exception>
    public static RunOrigin Of(RunDefinition definition, LoadedModel model, FineTuningDataset dataset) =>
        new(definition, ModelIdentity.Of(model), dataset.Parts, ImageIdentity.Of(dataset));
}
