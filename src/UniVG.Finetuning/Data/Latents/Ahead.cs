namespace UniVG.Finetuning.Data.Latents;

/// <summary>Prepares the next items on other threads while the present one is used.</summary>
internal static class Ahead
{
    /// <summary>The results in order, at most <paramref name="depth"/> of them waiting at a time.</summary>
    /// <param name="items">What to prepare.</param>
    /// <param name="prepare">Runs on the thread pool; what it throws is thrown where its result is asked for.</param>
    /// <param name="depth">How many items are prepared ahead, at least 1.</param>
    /// <param name="cancellationToken">Looked at before each result.</param>
    public static IEnumerable<TResult> Of<T, TResult>(IEnumerable<T> items, Func<T, TResult> prepare, int depth, CancellationToken cancellationToken)
    {
        var waiting = new Queue<Task<TResult>>();
        foreach (var item in items)
        {
            waiting.Enqueue(Task.Run(() => prepare(item), CancellationToken.None));
            if (waiting.Count <= depth) continue;
            cancellationToken.ThrowIfCancellationRequested();
            yield return waiting.Dequeue().GetAwaiter().GetResult();
        }

        while (waiting.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return waiting.Dequeue().GetAwaiter().GetResult();
        }
    }
}
