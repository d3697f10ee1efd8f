namespace UniVG.Notebooks.Session;

/// <summary>Where a session's own adapter began, for runs that begin with it again.</summary>
/// <param name="Seed">What a fresh adapter's start was drawn from.</param>
/// <param name="IsFile">Whether it was read from a file, or from the state of a run that had.</param>
/// <param name="File">That file; null for fresh adapters, and where a resumed run's state does not tell.</param>
internal sealed record AdapterSource(long Seed, bool IsFile = false, AdapterStart? File = null);
