using UniVG.Diffusion;
using UniVG.Finetuning.Adapters.Files;
using UniVG.Finetuning.Adapters;

namespace UniVG.Notebooks.Session;

/// <summary>The adapter file that a session's own adapter was read from, for runs that begin with it again.</summary>
internal sealed class AdapterStart
{
    private readonly string _path;
    private readonly AdapterLoadOptions _options;
    private readonly (long Bytes, DateTime Written) _stamp;

    /// <summary>Remembers a file as it is now.</summary>
    /// <param name="path">The file, or peft's folder.</param>
    /// <param name="options">How it was read.</param>
    public AdapterStart(string path, AdapterLoadOptions options) => (_path, _options, _stamp) = (Path.GetFullPath(path), options, StampOf(Path.GetFullPath(path)));

    /// <summary>Reads the file again with <paramref name="read"/>.</summary>
    /// <exception cref="UniVGException">It is gone, or another since.</exception>
    public AdapterNetwork Read(Func<string, AdapterLoadOptions, AdapterNetwork> read) => StampOf(_path) == _stamp
        ? read(_path, _options)
        : throw new UniVGException($"The adapter '{_path}', with which the run began, is gone or has changed since; load what is to be trained with '#!univg load FILE' first.");

    private static (long Bytes, DateTime Written) StampOf(string path)
    {
        FileInfo[] files = Directory.Exists(path) ? new DirectoryInfo(path).GetFiles("*", SearchOption.AllDirectories) : File.Exists(path) ? [new FileInfo(path)] : [];
        return (files.Sum(file => file.Length), files.Select(file => file.LastWriteTimeUtc).DefaultIfEmpty().Max());
    }
}
