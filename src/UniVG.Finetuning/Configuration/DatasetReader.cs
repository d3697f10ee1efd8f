using UniVG.Diffusion;
using UniVG.Finetuning.Data;

namespace UniVG.Finetuning.Configuration;

/// <summary>Reads a dataset, whatever names it.</summary>
public static class DatasetReader
{
    /// <summary>Whether a path is a dataset file, not a folder.</summary>
    public static bool IsToml(string path) => Path.GetExtension(path).Equals(".toml", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path);

    /// <summary>Reads a dataset without telling how far it is.</summary>
    /// <exception cref="UniVGException">There is no usable dataset.</exception>
    public static FineTuningDataset Read(string path, DatasetOptions? options = null) => Read(path, options, onImage: null, CancellationToken.None);

    /// <summary>Reads a folder of <c>[repeats]_[trigger]</c> folders (<see cref="DatasetFolder"/>) or a dataset file (<see cref="DatasetToml"/>).</summary>
    /// <param name="path">The folder or .toml file.</param>
    /// <param name="options">How to read it; for a file, what holds where it says nothing. Null for the defaults.</param>
    /// <param name="onImage">Told how many of how many images are checked, from any thread.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="UniVGException">There is no usable dataset.</exception>
    public static FineTuningDataset Read(
        string path, DatasetOptions? options, Action<int, int>? onImage, CancellationToken cancellationToken)
    {
        if (!IsToml(path)) return DatasetFolder.Read(path, options ?? new DatasetOptions(), onImage, cancellationToken);
        var dataset = DatasetToml.Read(path, options, onImage, cancellationToken);
        dataset.ReadWith = options ?? KohyaDefaults.Dataset;
        return dataset;
    }
}
