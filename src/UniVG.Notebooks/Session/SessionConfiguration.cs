using UniVG.Diffusion;
using UniVG.Diffusion.Runtime;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Lora;
using UniVG.Finetuning.Configuration;
using UniVG.Finetuning.Training;
using UniVG.Finetuning.Training.Logs;
using UniVG.Finetuning.Training.State;
using static TorchSharp.torch;

namespace UniVG.Notebooks.Session;

/// <summary>Configurations into a session and out of it.</summary>
public static class SessionConfiguration
{
    /// <summary>
    /// Applies a configuration: loads its model, reads its dataset and attaches its adapter, as far as it has them; what it says of the
    /// training is what new runs are begun with.
    /// </summary>
    /// <param name="session">The session.</param>
    /// <param name="configuration">The configuration; <see cref="TrainerToml"/> reads those of SD-Trainer and kohya.</param>
    /// <exception cref="UniVGException">
    /// A part of it cannot be used; the configuration before it stays in force, and model, dataset and adapters stay as they are.
    /// </exception>
    public static void ApplyConfiguration(this UniVGSession session, RunDefinition configuration)
    {
        configuration.Training.Validate();
        configuration.Saves.Validate();
        using var parts = new PreparedParts();
        var dataset = (configuration.DatasetPath ?? session.Dataset?.Folder) is { } folder && configuration.Dataset is { } options
            ? DatasetReader.Read(InputPath.Find(folder), options)
            : session.Dataset;
        var other = configuration.ModelPath is { } path ? parts.Own(ModelParts.Open(path, OnThisMachine(configuration.Model))) : null;
        if ((other ?? session.Model) is { } trained) configuration.Training.ValidateFor(trained.Pipeline);
        var model = configuration.Adapter is not null || configuration.Beside.Count > 0 ? other ?? session.RequireModel() : null;
        var seed = configuration.Training.Seed;
        var own = configuration.Adapter is { } adapter
            ? parts.Own(ModelParts.CreateAdapter(model!, adapter, seed))
            : null;
        if (own is null && other is null)
            foreach (var one in configuration.Beside) session.Adapters.RequireNotOwn(InputPath.Find(one.Path));
        (string Name, AdapterNetwork Network)[] beside = [.. configuration.Beside.Select(one => ModelParts.ReadBeside(one, model!, parts))];

        parts.HandOver();
        if (other is not null) session.TakeModel(other);
        if (own is not null) session.ReplaceOwn(own.Config.Kind, own, new AdapterSource(seed));

        // Applied again, it finds its own there already.
        foreach (var (name, network) in beside)
        {
            if (session.Adapters.Of(network.LoadReport!.Path) is { } present) session.Adapters.Detach(present);
            session.Adapters.Add(name, network);
        }

        session.Hold(dataset, configuration);
    }

    /// <summary>Writes what the session holds as a configuration that SD-Trainer and kohya read.</summary>
    /// <param name="session">The session.</param>
    /// <param name="path">The TOML file.</param>
    /// <param name="overwrite">Whether an existing file may be replaced.</param>
    /// <exception cref="UniVGException">The file exists, or cannot be written.</exception>
    public static void ExportConfiguration(this UniVGSession session, string path, bool overwrite = false)
    {
        if (string.IsNullOrWhiteSpace(path)) throw new UniVGException("The path is empty; name a file such as config.toml.");
        if (File.Exists(path) && !overwrite) throw new UniVGException($"'{path}' exists already; add --overwrite to replace it, or choose another name.");
        AtomicFile.WriteText(path, TrainerToml.Write(session.Keeper?.PresentDefinition ?? Describe(session)));
    }

    private static RunDefinition Describe(UniVGSession session)
    {
        var (applied, adapter) = (session.Configuration, session.Adapter?.Config ?? new LoraConfig());
        return RunDescription.Of(
            session,
            applied?.Training ?? TrainingConfig.For(adapter),
            new AdapterOutput(applied?.Files?.FinishedAdapter ?? AdapterOutput.DefaultPath(adapter), Overwrite: false),
            applied?.Saves ?? new SaveSchedule(),
            applied?.Logs ?? new LogOptions());
    }

    // SD-Trainer's files say bf16, which is for GPUs.
    private static ModelOptions OnThisMachine(ModelOptions options) =>
        options.Precision is "bf16" or "fp16" && !(TorchRuntime.EnsureLoaded().HasCudaLibraries && cuda.is_available()) ? options with { Precision = "fp32" } : options;
}
