using System.Text;
using UniVG.Notebooks.Displays.Images;

namespace UniVG.Notebooks.Displays;

/// <summary>
/// The samples of a training panel: the newest in view, earlier ones behind a slider. A notebook keeps what fits a budget; the page
/// remembers all that it has shown. Where no script runs, a row of radio buttons leafs through the run instead of the slider.
/// </summary>
internal static class SampleStrip
{
    /// <summary>How much the earlier samples may add to a saved notebook, in characters.</summary>
    private const int EarlierBudget = 60_000;

    private static readonly ImageGridOptions NewestOptions = new();

    private static readonly ImageGridOptions EarlierOptions = new() { EmbeddedSide = 192, Lossy = true, PictureBudget = 12_000 };

    /// <summary>The samples' HTML; empty when there are none and none are awaited.</summary>
    public static string Html(TrainingPanelState state)
    {
        if (state.Samples.Count == 0)
            return state is { Awaited: { } awaited, Status: TrainingStatus.Running } ? Awaited(awaited) : "";
        var id = Style.Encode(state.ChartId);
        var html = new StringBuilder($"""
            <div data-univg-samples="{id}">
            <p class="univg-title univg-samples">Samples after step <span>{state.Samples[^1].Step}</span>{ShortText.Html(Prompt(state.Samples[^1]))}</p>
            <div class="univg-strip" role="radiogroup" aria-label="samples after step">

            """);
        if (state.Status != TrainingStatus.Running)
        {
            foreach (var (set, grid) in Earlier(state))
                AppendSet(html, id, set.Step, grid, isShown: false);
        }

        AppendSet(html, id, state.Samples[^1].Step, ImageGrid.Html(state.Samples[^1].Images, NewestOptions), isShown: true);
        html.Append("</div>\n</div>");
        return state.Interactive ? html.Append($"\n<script>{Script(state.ChartId)}</script>").ToString() : html.ToString();
    }

    /// <summary>The prompt behind a heading; empty where it is not known.</summary>
    public static string Prompt(SampleSet samples) => samples.Prompt is null ? "" : $": “{samples.Prompt}”";

    /// <summary>The earlier sets that fit the budget, spread evenly over the run, oldest first.</summary>
    private static List<(SampleSet Set, string Grid)> Earlier(TrainingPanelState state)
    {
        if (state.Samples.Count == 1)
            return [];
        var sets = state.Samples.SkipLast(1).Select(set => (set, ImageGrid.Html(set.Images, EarlierOptions))).ToList();
        var mean = Math.Max(1, sets.Average(set => set.Item2.Length));
        var count = Math.Min(sets.Count, (int)(EarlierBudget / mean));
        return [.. Enumerable.Range(0, count).Select(index => sets[index * sets.Count / count])];
    }

    // Of the samples' own shape, so that they come into the place that was kept for them.
    private static string Awaited(SampleSet samples) => $"""
        <p class="univg-title univg-samples">Samples after step {samples.Step} will stand here</p>
        <div class="univg-strip univg-awaited"><div class="univg-pane">{ImageGrid.Html(samples.Images, NewestOptions)}</div></div>
        """;

    private static void AppendSet(StringBuilder html, string group, int step, string grid, bool isShown) => html.Append($"""
        <div class="univg-set" data-step="{step}"><label class="univg-chip"><input type="radio" name="univg-{group}"{(isShown ? " checked=\"checked\"" : "")} /> {step}</label><div class="univg-pane">{grid}</div></div>

        """);

    // The script makes the slider, so that viewers without scripts show no dead one, whatever else they strip.
    // A live panel replaces its HTML several times a second. So the sets that the page has seen are kept outside of it, with the
    // choice of the user: following the newest (null), or a step.
    private static string Script(string id) => $$"""
        (function () {
          var all = window.univgSamples = window.univgSamples || {};
          var memory = all["{{id}}"] = all["{{id}}"] || { sets: {}, chosen: null };
          function start(tries) {
            var boxes = document.querySelectorAll('[data-univg-samples="{{id}}"]'), box = boxes[boxes.length - 1];
            if (!box || box.dataset.ready) { if (tries > 0) setTimeout(start, 100, tries - 1); return; }
            box.dataset.ready = "yes";
            var strip = box.querySelector(".univg-strip"), title = box.querySelector(".univg-samples"), number = title.querySelector("span");
            strip.querySelectorAll(".univg-set").forEach(function (set) { memory.sets[set.dataset.step] = memory.sets[set.dataset.step] || set.outerHTML; });
            var steps = Object.keys(memory.sets).map(Number).sort(function (a, b) { return a - b; }), last = steps.length - 1;
            var slider = document.createElement("input"), scale = document.createElement("label");
            function show(index) {
              var selector = '.univg-set[data-step="' + steps[index] + '"]';
              if (!strip.querySelector(selector)) strip.insertAdjacentHTML("afterbegin", memory.sets[steps[index]]);
              strip.querySelector(selector + " > .univg-chip input").checked = true;
              number.textContent = steps[index];
              slider.value = index;
              slider.setAttribute("aria-valuetext", "step " + steps[index]);
            }
            slider.type = "range";
            slider.max = last;
            slider.setAttribute("aria-label", "samples after step");
            scale.className = "univg-steps";
            scale.append("earlier ", slider, " newest");
            if (last > 0) title.appendChild(scale);
            slider.oninput = function () {
              memory.chosen = Number(slider.value) === last ? null : steps[slider.value];
              show(Number(slider.value));
            };
            slider.onpointerdown = function () { memory.held = slider; };
            slider.onfocus = function () { memory.focused = true; };
            slider.onblur = function () { setTimeout(function () { if (slider.isConnected) memory.focused = false; }); };
            if (!memory.slider) {
              window.addEventListener("pointerup", function () { memory.held = null; }, true);
              window.addEventListener("pointermove", function (event) { if (memory.held && memory.held !== memory.slider) memory.drag(event.clientX); }, true);
            }
            // The browser ends a drag with the slider that an update has taken away; the one in its place goes on with it.
            memory.drag = function (x) {
              var box = slider.getBoundingClientRect();
              slider.value = Math.round((x - box.left) / box.width * last);
              slider.oninput();
            };
            memory.slider = slider;
            if (memory.focused && document.activeElement === document.body) slider.focus({ preventScroll: true });
            show(Math.max(memory.chosen === null ? last : steps.indexOf(memory.chosen), 0));
            strip.classList.add("univg-slid");
          }
          start(50);
        })();
        """;
}
