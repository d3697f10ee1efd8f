using UniVG.Finetuning.Adapters.Operations;
using UniVG.Notebooks.Displays;
using UniVG.Notebooks.Displays.Cards;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Commands;

/// <summary>Shows how far an approximation by LoRA is, then how good it became.</summary>
internal static class LayerProgress
{
    /// <summary>Runs it on a thread of its own.</summary>
    /// <param name="host">Where to show it.</param>
    /// <param name="path">The file that it writes.</param>
    /// <param name="approximate">Does it; is to be told how many of how many layers are done.</param>
    public static async Task ShowAsync(INotebookHost host, string path, Func<Action<int, int>, ExtractionReport> approximate)
    {
        var display = host.Display(new MimeBundle("singular value decomposition"));
        try
        {
            ExtractionReport report;
            using (var live = new LiveDisplay<string>(display, text => new MimeBundle(text)))
            {
                report = await Task.Factory.StartNew(
                    () => approximate((done, total) => live.Post($"singular value decomposition: layer {done}/{total}")),
                    CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            }

            display.Update(ExtractionCard.Of(report, path).ToBundle());
        }
        catch
        {
            display.Update(new MimeBundle("not written"));
            throw;
        }
    }
}
