using UniVG.Finetuning.Training;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays.Cards;

/// <summary>Shows a run: how far it is, its settings, its loss curve.</summary>
public static class RunView
{
    /// <summary>Shows a run; before its first step without a curve.</summary>
    public static MimeBundle Create(FineTuningRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        var card = SessionCard.Of(run);
        if (run.History.Count == 0) return card.ToBundle();
        var history = run.History.Snapshot();
        var options = HistoryPlot.Options(run.History, title: null);
        var smoothed = LossCurve.Smooth(history);
        var description = LossChart.Describe(history, smoothed, options);
        var chart = LossChart.FinalHtml(history, smoothed, description, options, out var png);
        return new MimeBundle($"{card.ToText()}\n{description}").WithHtml(Style.Wrap(card.ToHtml() + chart)).WithPng(png);
    }
}
