using UniVG.Notebooks.Hosting;
using UniVG.Notebooks.Session;

namespace UniVG.Notebooks.Commands.Completion;

/// <summary>Lists files and folders in the places where commands look for them, see <see cref="InputPath"/>.</summary>
internal static class PathSource
{
    private const int Most = 200;
    private static readonly EnumerationOptions Visible = new() { IgnoreInaccessible = true, AttributesToSkip = FileAttributes.System };

    /// <summary>Folders.</summary>
    public static ValueSource Folders { get; } = Files();

    /// <summary>Files of some endings, such as <c>.toml</c>, and the folders that may hold them.</summary>
    public static ValueSource Files(params string[] endings) => (typed, _) => Find(typed, endings);

    /// <summary>Some words besides files and folders.</summary>
    public static ValueSource With(this ValueSource source, params ValueSuggestion[] words) => (typed, session) => [.. words, .. source(typed, session)];

    private static IEnumerable<ValueSuggestion> Find(string typed, string[] endings)
    {
        var (folder, name) = Split(typed);
        return InputPath.SearchFolders()
            .Select(search => Path.Combine(search, folder))
            .Where(Directory.Exists)
            .SelectMany(Entries)
            .Where(entry => entry.Name.StartsWith(name, StringComparison.OrdinalIgnoreCase) && (name.StartsWith('.') || !entry.Name.StartsWith('.')))
            .Where(entry => entry is DirectoryInfo || endings.Contains(entry.Extension, StringComparer.OrdinalIgnoreCase))
            .DistinctBy(entry => entry.Name)
            .OrderBy(entry => entry is FileInfo).ThenBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase)
            .Take(Most)
            .Select(entry => entry is DirectoryInfo
                ? new ValueSuggestion(folder + entry.Name + "/", "", CompletionKind.Folder)
                : new ValueSuggestion(folder + entry.Name, "", CompletionKind.File));
    }

    // A folder that vanishes meanwhile, or may not be read, has nothing to propose.
    private static IEnumerable<FileSystemInfo> Entries(string folder)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Visible)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static (string Folder, string Name) Split(string typed)
    {
        var slash = typed.AsSpan().LastIndexOfAny('/', Path.DirectorySeparatorChar) + 1;
        return (typed[..slash], typed[slash..]);
    }
}
