using System.Text.Json;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Data;
using static TorchSharp.torch;

namespace UniVG.Finetuning.Training.State;

/// <summary>Rebuilds a run from its state: it goes on as if it had never stopped, bit for bit on the CPU.</summary>
public static class RunResumption
{
    /// <summary>Attaches the saved adapter to the model and restores the run.</summary>
    /// <param name="model">The model that the run began with, without an adapter.</param>
    /// <param name="dataset">The dataset that it began with.</param>
    /// <param name="saved">The state.</param>
    /// <returns>The run; its adapter is the caller's to dispose.</returns>
    /// <exception cref="UniVGException">Model, dataset or state do not belong together; then nothing is attached.</exception>
    public static FineTuningRun Resume(LoadedModel model, FineTuningDataset dataset, StateFolder saved)
    {
        AdapterNetwork.RequireFree(model.Pipeline.UNet.Weights.Layers, model.Pipeline.TextEncoder.Weights.Layers);
        var run = Prepare(model, dataset, saved);
        run.Adapter.Attach();
        return run;
    }

    /// <summary>As <see cref="Resume"/>, but leaves the model alone: the run's adapter is still to be attached.</summary>
    /// <exception cref="UniVGException">Model, dataset or state do not belong together.</exception>
    public static FineTuningRun Prepare(LoadedModel model, FineTuningDataset dataset, StateFolder saved)
    {
        Check(model, dataset, saved);
        using var scope = NewDisposeScope();
        var adapter = ReadAdapter(model.Pipeline, saved);
        try
        {
            var run = new FineTuningRun(model.Pipeline, dataset, adapter, saved.State.Origin.Definition.Training);
            var (optimizer, scaler) = saved.ReadOptimizer();
            run.Restore(saved.State, saved.ReadHistory(), optimizer, scaler);
            return run;
        }
        catch
        {
            adapter.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that model and dataset are those that the run began with; reads their files.</summary>
    /// <exception cref="UniVGException">They are not; changed images are named.</exception>
    public static void Check(LoadedModel model, FineTuningDataset dataset, StateFolder saved)
    {
        var origin = saved.State.Origin;
        ModelIdentity.Of(model).RequireSame(origin.Model);
        ImageIdentity.RequireSame(ImageIdentity.Of(dataset), origin.Images, dataset.Folder);
        if (Json(dataset.Parts) != Json(origin.Parts))
            throw new UniVGException($"The dataset '{dataset.Folder}' was read with other options than the run began with; read it with the same, or resume before reading one.");
    }

    // Where encoded images are kept changes nothing.
    private static string Json(IEnumerable<DatasetOptions> parts) =>
        JsonSerializer.Serialize(parts.Select(options => options with { LatentCache = new() }), RunJson.Compact);

    private static AdapterNetwork ReadAdapter(StableDiffusion model, StateFolder saved)
    {
        var (unet, text) = (model.UNet.Weights.Layers, model.TextEncoder.Weights.Layers);
        var scale = saved.State.AdapterScale;
        if (saved.State.AdapterIsFromFile) return AdapterFile.Read(saved.AdapterPath, unet, text, new AdapterLoadOptions { Multiplier = scale });

        var definition = saved.State.Origin.Definition;
        var network = AdapterNetwork.Create(definition.Adapter!, unet, text, definition.AdapterSeed);
        try
        {
            network.Multiplier = scale;
            network.Copy(saved.ReadAdapter());
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }
}
