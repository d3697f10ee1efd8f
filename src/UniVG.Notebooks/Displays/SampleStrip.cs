using System.Text;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Displays;

/// <summary>
/// The samples below a training panel: the newest while training goes on; afterwards also earlier ones behind a row of buttons
/// (radio buttons, so the arrow keys leaf through the run without any script).
/// </summary>
internal static class SampleStrip
{
    /// <summary>How much the earlier samples may add to a saved notebook, in characters.</summary>
    private const int EarlierBudget = 60_000;

    private static readonly ImageGridOptions NewestOptions = new();

    private static readonly ImageGridOptions EarlierOptions = new() { EmbeddedSide = 192, Lossy = true };

    /// <summary>The samples' HTML; empty when there are none.</summary>
    public static string Html(TrainingPanelState state)
    {
        if (state.Samples.Count == 0)
            return "";
        var newest = state.Samples[^1];
        var newestHtml = ImageGrid.Html(newest.Images, NewestOptions);
        if (state.Status == TrainingStatus.Running || state.Samples.Count == 1)
            return $"<p class=\"univg-title\">Samples after step {newest.Step}</p>\n{newestHtml}";
        var html = new StringBuilder($"<p class=\"univg-title\">Samples after step</p>\n<div class=\"univg-strip\" role=\"radiogroup\" aria-label=\"samples after step\">\n");
        foreach (var (set, grid) in Earlier(state))
            AppendSet(html, state.ChartId, set.Step, grid, isShown: false);
        AppendSet(html, state.ChartId, newest.Step, newestHtml, isShown: true);
        return html.Append("</div>").ToString();
    }

    /// <summary>The earlier sets that fit the budget, spread evenly over the run, oldest first.</summary>
    private static List<(SampleSet Set, string Grid)> Earlier(TrainingPanelState state)
    {
        var sets = state.Samples.SkipLast(1).Select(set => (set, ImageGrid.Html(set.Images, EarlierOptions))).ToList();
        var mean = Math.Max(1, sets.Average(set => set.Item2.Length));
        var count = Math.Min(sets.Count, (int)(EarlierBudget / mean));
        return [.. Enumerable.Range(0, count).Select(index => sets[index * sets.Count / count])];
    }

    private static void AppendSet(StringBuilder html, string group, int step, string grid, bool isShown) => html.Append($"""
        <div class="univg-set"><label class="univg-chip"><input type="radio" name="univg-{Style.Encode(group)}"{(isShown ? " checked=\"checked\"" : "")} /> {step}</label><div class="univg-pane">{grid}</div></div>

        """);
}
