using UniVG.Diffusion;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Logs;
using UniVG.Finetuning.Training.State;

namespace UniVG.Notebooks.Session;

/// <summary>Describes what a session holds as a run that can be repeated.</summary>
internal static class RunDescription
{
    /// <summary>The run that the session's model, dataset and adapter make with further settings.</summary>
    public static RunDefinition Of(UniVGSession session, TrainingConfig training, AdapterOutput output, SaveSchedule saves, LogOptions logs) => new()
    {
        ModelPath = session.Model is { } model ? PathOf(model) : null,
        Model = session.Model?.Options ?? new ModelOptions(),
        DatasetPath = session.Dataset is { } dataset ? Path.GetFullPath(dataset.Folder) : null,
        Dataset = session.Dataset?.ReadWith,
        Adapter = session.Adapter?.Config,
        AdapterSeed = session.AdapterSeed,
        Beside = Beside(session),
        Training = training,
        Files = RunFiles.Of(output.Path),
        Overwrite = output.Overwrite,
        SavePrecision = session.Configuration?.SavePrecision ?? new RunDefinition().SavePrecision,
        Saves = saves,
        Logs = logs,
    };

    /// <summary>The adapters that act beside the session's own, as they are now.</summary>
    public static IReadOnlyList<BesideAdapter> Beside(UniVGSession session) =>
        [.. session.Adapters.Where(adapter => !adapter.IsOwn).Select(adapter => new BesideAdapter(Path.GetFullPath(adapter.Path!), adapter.Scale))];

    private static string PathOf(LoadedModel model) => model.Path == ModelLoader.TinyFolder ? ModelLoader.TinyName : Path.GetFullPath(model.Path);
}
