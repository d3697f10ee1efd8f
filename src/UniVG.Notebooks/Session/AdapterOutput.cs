using System.Text.RegularExpressions;
using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters;

namespace UniVG.Notebooks.Session;

/// <summary>The file that a run's adapter is written to when it is finished.</summary>
/// <param name="Path">The file.</param>
/// <param name="Overwrite">Whether an existing one may be replaced.</param>
public sealed partial record AdapterOutput(string Path, bool Overwrite)
{
    /// <summary>The folder where nothing else is asked for.</summary>
    public const string DefaultFolder = "output";

    /// <summary>The ending of adapter files.</summary>
    public const string Extension = ".safetensors";

    /// <summary>The UniVG guide's file names, without ending.</summary>
    public static string DefaultName(AdapterConfig adapter) => $"model_{adapter.Kind}";

    /// <summary>The first free name of a fork, or of a fork's fork: <c>model_lora-fork1.safetensors</c> beside <c>model_lora.safetensors</c>.</summary>
    public static AdapterOutput Beside(string path)
    {
        var stem = ForkSuffix().Replace(path[..^System.IO.Path.GetExtension(path).Length], "");
        return new AdapterOutput(Enumerable.Range(1, int.MaxValue).Select(i => $"{stem}-fork{i}{Extension}").First(name => !File.Exists(name)), Overwrite: false);
    }

    /// <summary>The UniVG guide's file for a kind of adapter.</summary>
    public static string DefaultPath(AdapterConfig adapter) => System.IO.Path.Combine(DefaultFolder, DefaultName(adapter) + Extension);

    /// <summary>The path with the ending by which tools know the format: <c>mine.v2</c> becomes <c>mine.v2.safetensors</c>.</summary>
    public static string WithEnding(string path) => path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase) ? path : path + Extension;

    /// <summary>Finds out whether a file for an adapter can be written.</summary>
    /// <exception cref="UniVGException">The name has another ending, the file exists and may not be replaced, or its folder cannot be written to.</exception>
    public static void RequireWritable(string path, bool overwrite)
    {
        if (!path.EndsWith(Extension, StringComparison.OrdinalIgnoreCase)) throw new UniVGException($"'{path}' must end in {Extension}.");
        AdapterFile.EnsureWritable(path, overwrite);
    }

    [GeneratedRegex(@"-fork\d+$")]
    private static partial Regex ForkSuffix();
}
