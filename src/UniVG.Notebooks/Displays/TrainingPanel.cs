using System.Globalization;
using System.Text;
using UniVG.Notebooks.Displays.Charts;
using UniVG.Notebooks.Hosting;

namespace UniVG.Notebooks.Displays;

/// <summary>
/// A training run in one display: progress, figures, loss curve, newest samples. While the run is <see cref="TrainingStatus.Running"/>
/// it is cheap to make and to replace several times a second; afterwards it carries everything a saved notebook needs.
/// </summary>
public static class TrainingPanel
{
    private const string Dash = "–";
    private const int FactsInRow = 5;

    /// <summary>Shows a state.</summary>
    public static MimeBundle Create(TrainingPanelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var smoothed = LossCurve.Smooth(state.History);
        var facts = Facts(state, smoothed);
        var curve = LossChart.Describe(state.History, smoothed, state.ChartOptions);
        var bundle = new MimeBundle(Text(state, Line(state, smoothed), facts, curve));
        if (state.Status == TrainingStatus.Running)
            return bundle.WithHtml(Style.Wrap(Html(state, facts, LossChart.LiveHtml(state.History, smoothed, curve, state.ChartOptions))));
        var chart = LossChart.FinalHtml(state.History, smoothed, curve, state.ChartOptions, out var png);
        return bundle.WithHtml(Style.Wrap(Html(state, facts, chart))).WithPng(png);
    }

    /// <summary>The first line alone: <c>step 120/400 · loss 0.1234 · 5.1 it/s · ETA 0:55</c> (the loss is the smoothed one).</summary>
    public static string Line(TrainingPanelState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Line(state, LossCurve.Smooth(state.History));
    }

    private static string Line(TrainingPanelState state, double[] smoothed)
    {
        List<string> parts = [$"step {state.Step}/{state.TotalSteps}"];
        if (state.Last is not null)
            parts.AddRange([$"loss {DisplayFormat.Loss(smoothed[^1])}", DisplayFormat.Speed(state.StepsPerSecond)]);
        if (state.Status != TrainingStatus.Running)
            parts.Add($"{StatusText(state)} after {DisplayFormat.Duration(state.Elapsed)}");
        else if (state.Activity is not null || state.Last is null)
            parts.Add(StatusText(state));
        else if (state.Remaining is { } remaining)
            parts.Add("ETA " + DisplayFormat.Duration(remaining));
        return string.Join(" · ", parts);
    }

    private static string Text(TrainingPanelState state, string line, List<(string Name, string Value)> facts, string curve)
    {
        var text = new StringBuilder(line).Append(CultureInfo.InvariantCulture, $"\n{state.Title} ({Percent(state)})");
        foreach (var (name, value) in facts)
            text.Append(CultureInfo.InvariantCulture, $"\n  {name}: {value}");
        text.Append('\n').Append(curve);
        if (state.Samples.Count > 0)
            text.Append(CultureInfo.InvariantCulture, $"\nSamples after step {state.Samples[^1].Step}{SampleStrip.Prompt(state.Samples[^1])}: ")
                .AppendJoin(", ", state.Samples[^1].Images.Select(image => image.Label));
        return state.Note is null ? text.ToString() : text.Append('\n').Append(state.Note).ToString();
    }

    private static string Html(TrainingPanelState state, List<(string Name, string Value)> facts, string chart) => $"""
        <div class="univg-head"><span class="univg-title">{Style.Encode(state.Title)}</span> <span class="univg-status">{Percent(state)} · {Style.Encode(StatusText(state))}</span></div>
        {ProgressBar(state)}
        <table class="univg-facts"><tbody>
        {string.Join('\n', facts.Chunk(FactsInRow).Select(FactRow))}
        </tbody></table>
        {chart}
        {SampleStrip.Html(state)}
        <div class="univg-foot">{(state.Note is null ? "" : $"<p class=\"univg-note\">{Style.Encode(state.Note)}</p>")}</div>
        """;

    private static string FactRow((string Name, string Value)[] facts)
        => $"<tr>{string.Concat(facts.Select(fact => $"<td><small>{Style.Encode(fact.Name)}</small><br />{Style.Encode(fact.Value)}</td>"))}</tr>";

    private static string Percent(TrainingPanelState state)
        => string.Create(CultureInfo.InvariantCulture, $"{100L * state.Step / Math.Max(1, state.TotalSteps)} %");

    private static string ProgressBar(TrainingPanelState state)
    {
        var label = $"step {state.Step} of {state.TotalSteps}";
        var value = state.Last is null && state.Status == TrainingStatus.Running ? "" : $" value=\"{state.Step}\"";
        return $"<progress class=\"univg-bar\" max=\"{Math.Max(1, state.TotalSteps)}\"{value} aria-label=\"{label}\">{label}</progress>";
    }

    private static List<(string Name, string Value)> Facts(TrainingPanelState state, double[] smoothed)
    {
        var last = state.Last;
        List<(string Name, string Value)> facts =
        [
            ("step", $"{state.Step} / {state.TotalSteps}"),
            ("loss, smoothed", last is null ? Dash : DisplayFormat.Loss(smoothed[^1])),
            ("speed", DisplayFormat.Speed(state.StepsPerSecond)),
            ("elapsed", DisplayFormat.Duration(state.Elapsed)),
            (LearningRateName(state), LearningRates(state)),
            ("epoch", (last?.Epoch ?? 0) + (state.TotalEpochs > 0 ? $" / {state.TotalEpochs}" : "")),
            ("loss, last step", last is null ? Dash : DisplayFormat.Loss(last.Loss)),
            (state.MemoryName, state.MemoryBytes > 0 ? DisplayFormat.Bytes(state.MemoryBytes) : Dash),
            ("remaining", state.Remaining is { } time ? DisplayFormat.Duration(time) : Dash),
        ];
        if (state.Validation.Count > 0)
            facts.Add(("validation loss", DisplayFormat.Loss(state.Validation[^1].Loss)));
        return facts;
    }

    private static string LearningRateName(TrainingPanelState state)
        => state.Last is { TextEncoderLearningRate: > 0 } ? "rate UNet, text" : "learning rate";

    private static string LearningRates(TrainingPanelState state) => state.Last switch
    {
        null => Dash,
        { TextEncoderLearningRate: > 0 } last
            => $"{DisplayFormat.LearningRate(last.LearningRate)}, {DisplayFormat.LearningRate(last.TextEncoderLearningRate)}",
        var last => DisplayFormat.LearningRate(last.LearningRate),
    };

    private static string StatusText(TrainingPanelState state) => state.Status switch
    {
        TrainingStatus.Finished => "finished",
        TrainingStatus.Stopped => "stopped",
        TrainingStatus.Failed => "failed",
        _ => state.Activity ?? (state.Last is null ? "preparing" : "training"),
    };
}
