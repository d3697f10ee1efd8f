using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays;

/// <summary><c>run.History.Plot()</c>: the chart of a history, for C# cells.</summary>
public static class HistoryPlot
{
    /// <summary>The loss curve with the validation loss, the learning rates and the changes of settings, as the last expression of a cell or by <c>display</c>.</summary>
    /// <param name="history">The history, such as <c>univg.Run.History</c>.</param>
    /// <param name="title">Above the chart; null for none.</param>
    public static MimeBundle Plot(this TrainingHistory history, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(history);
        return LossChart.Create(history.Snapshot(), Options(history, title));
    }

    /// <summary>What a history's chart shows besides the loss.</summary>
    internal static LossChartOptions Options(TrainingHistory history, string? title) => new()
    {
        Title = title,
        Validation = history.Validation,
        Markers = [.. history.Changes.Select(ChartMarker.Of)],
    };
}
