using UniVG.Diffusion;

namespace UniVG.Finetuning.Training.State;

/// <summary>Finds the state to go on from.</summary>
/// <param name="Found">The newest usable state.</param>
/// <param name="PassedOver">Newer ones that cannot be used: why, a sentence each.</param>
public sealed record StateSearch(StateFolder Found, IReadOnlyList<string> PassedOver)
{
    /// <summary>Takes the newest whole state of a folder, or the folder itself where it is a state.</summary>
    /// <param name="folder">An output folder with <c>…-state</c> folders, or one of those.</param>
    /// <exception cref="UniVGException">There is no usable state.</exception>
    public static StateSearch FindNewest(string folder)
    {
        if (!Directory.Exists(folder)) throw new UniVGException($"There is no folder '{folder}'; name the --output folder of the run, or one of its states.");
        return FindNewest(Candidates(folder), $"'{folder}'");
    }

    /// <summary>Takes the newest whole state of a run.</summary>
    /// <param name="run">The run's files.</param>
    /// <exception cref="UniVGException">There is no usable state.</exception>
    public static StateSearch FindNewest(RunFiles run) => FindNewest(Candidates(run), $"The run '{run.Name}'");

    private static StateSearch FindNewest(IEnumerable<string> candidates, string place)
    {
        var passedOver = new List<string>();
        foreach (var path in candidates)
        {
            if (StateFolder.TryRead(path, out var state, out var problem)) return new StateSearch(state, passedOver);
            passedOver.Add($"'{path}' {problem}, so it was passed over.");
        }

        throw new UniVGException(passedOver.Count == 0
            ? $"{place} has no state of a run; states are folders such as model_lora-step00000100-state, which 'train --save-every N' writes."
            : $"{place} has no usable state: {string.Join(' ', passedOver)}");
    }

    /// <summary>The states of a folder, newest first; unfinished ones are among them.</summary>
    public static IEnumerable<string> Candidates(string folder) =>
        Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar).EndsWith(RunFiles.StateEnding, StringComparison.Ordinal)
            ? [folder]
            : Directory.EnumerateDirectories(folder).Where(StateFolder.IsNamedLikeState).OrderByDescending(TimeOf).ThenByDescending(path => path, StringComparer.Ordinal);

    /// <summary>The states of a run, newest first.</summary>
    public static IEnumerable<string> Candidates(RunFiles run)
    {
        var own = run.Existing();
        return own.Count == 0 ? [] : Candidates(run.Folder.Length == 0 ? "." : run.Folder).Where(path => own.Contains(Path.GetFileName(path)));
    }

    // A folder's own time changes when it is copied.
    private static DateTimeOffset TimeOf(string path) => StateFolder.Peek(path)?.SavedAt ?? Directory.GetLastWriteTimeUtc(path);
}
