using UniVG.Diffusion;
using UniVG.Finetuning.Training.State;
using UniVG.Notebooks.Exploration;

namespace UniVG.Notebooks.Session;

/// <summary>Finds what is to be resumed or loaded by its path, or by the name that <c>#!univg runs</c> lists. A path that is there goes first.</summary>
internal static class RunPath
{
    /// <summary>The newest usable state of a run, of an output folder, or the state itself.</summary>
    /// <exception cref="UniVGException">There is none.</exception>
    public static StateSearch FindState(UniVGSession session, string name)
    {
        var path = InputPath.Find(name);
        if (Directory.Exists(path)) return StateSearch.FindNewest(path);
        var catalog = RunCatalog.Of(session);
        if (catalog.FilesOf(name) is { } run) return StateSearch.FindNewest(run);

        // States are listed by where they are in the output folder.
        var listed = Path.Combine(catalog.Folder, name);
        return StateSearch.FindNewest(Directory.Exists(listed) ? listed : throw new UniVGException(
            $"There is no run or folder '{name}'{NearestMatch.Hint(name, catalog.Names)}; name a run as '#!univg runs' lists it, its --output folder, or one of its states."));
    }

    /// <summary>The file of an adapter: the path that is given, or the newest that a run has saved.</summary>
    /// <exception cref="UniVGException">The run has saved none.</exception>
    public static string FindAdapter(UniVGSession session, string name)
    {
        var path = InputPath.Find(name);
        if (Path.Exists(path) || RunCatalog.Of(session).FilesOf(name) is not { } run) return path;
        return SavedRun.Checkpoints(run) is [.., var newest] ? newest.Path
            : throw new UniVGException($"The run '{name}' has saved no adapter yet; '#!univg resume {name}' goes on with it where it has a state.");
    }
}
