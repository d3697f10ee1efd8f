using UniVG.Diffusion;
using UniVG.Finetuning.Adapters;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Training;

namespace UniVG.Notebooks.Session;

/// <summary>Opens models and makes adapters of them, and leaves the session alone: what is made is not attached yet.</summary>
internal static class ModelParts
{
    /// <summary>Opens a model.</summary>
    public static LoadedModel Open(string path, ModelOptions? options) =>
        ModelLoader.Load(path == ModelLoader.TinyName ? path : InputPath.Find(path), options);

    /// <summary>Makes a fresh adapter of a model.</summary>
    public static AdapterNetwork CreateAdapter(LoadedModel model, AdapterConfig config, long seed) =>
        AdapterNetwork.Create(config, model.Pipeline.UNet.Weights.Layers, model.Pipeline.TextEncoder.Weights.Layers, seed);

    /// <summary>Reads an adapter of a model from a file.</summary>
    public static AdapterNetwork ReadAdapter(LoadedModel model, string path, AdapterLoadOptions? options = null)
    {
        if (options is not null) RequireFinite(options.Multiplier);
        return AdapterFile.Read(path, model.Pipeline.UNet.Weights.Layers, model.Pipeline.TextEncoder.Weights.Layers, options);
    }

    /// <summary>Reads an adapter that acts beside a run's own, with the name that commands give it.</summary>
    public static (string Name, AdapterNetwork Network) ReadBeside(BesideAdapter beside, LoadedModel model, PreparedParts parts)
    {
        var path = InputPath.Find(beside.Path);
        return (NameOf(path), parts.Own(ReadAdapter(model, path, new AdapterLoadOptions { Multiplier = beside.Scale })));
    }

    // Far beyond what still draws a picture, and within what any precision can hold.
    private const int Strongest = 1000;

    /// <summary>What commands call the adapter of a file.</summary>
    public static string NameOf(string path) => Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(path));

    /// <summary>Makes sure that a strength is a number, and none that only noise can come of.</summary>
    public static void RequireFinite(double scale)
    {
        if (!(Math.Abs(scale) <= Strongest)) throw new UniVGException(
            FormattableString.Invariant($"The adapter's scale is {NumberText.Exact(scale)}; it must be a number from -{Strongest} to {Strongest} (1 is the adapter as trained)."));
    }
}
